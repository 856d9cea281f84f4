// One entry for each request, and nothing of the request in it.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mock, test } from "node:test";

import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { tableOf } from "../support/documented.js";
import { body, event, headers } from "../support/event.js";
import { POLICY, policyOf } from "../support/policy.js";
import { sender } from "../support/send.js";

const people = body('[{"ssn":"078-05-1120","email":"a@example.org"},{"ssn":"219-09-9999"}]');

test("an entry says what happened, in numbers", async () => {
  /** @type {any[]} */
  const entries = [];
  const handler = createOriginRequestHandler(POLICY, { log: (entry) => void entries.push(entry) });
  const result = /** @type {any} */ (await handler(event({ body: people })));
  await handler(event({ method: "GET" }));
  await handler(event({ headers: headers(), body: people }));
  for (const entry of entries) {
    assert.ok(Number.isInteger(entry.microseconds) && entry.microseconds >= 0);
    delete entry.microseconds;
    assert.match(entry.request_id, /^4Tyz/);
    delete entry.request_id;
    assert.equal(entry.policy, createHash("sha256").update(POLICY).digest("hex"));
    delete entry.policy;
  }
  assert.deepEqual(entries, [
    {
      outcome: "encrypted",
      values: 3,
      rules: { ssn: 2, email: 1 },
      keys: { "pii-1": 2, "contact-1": 1 },
      body_bytes: 69,
      sealed_bytes: Buffer.from(result.body.data, "base64").length,
      cold_start: true,
    },
    { outcome: "passed", cold_start: false },
    { outcome: "refused", code: "content_type_unsupported", status: 415, cold_start: false },
  ]);
});

test("counts of rules that report, and of values left elsewhere", async () => {
  const rules = [{ path: "$.ssn" }, { path: "$.email", action: "report" }, { path: "$.none", action: "report", required: true }];
  const send = sender(policyOf(rules, { leftovers: { min_chars: 4, action: "report" } }));
  const { entry } = await send({ body: body('{"ssn":"078-05-1120","email":"a@example.org","note":"078-05-1120"}') });
  const { values, reported, would_refuse, leftovers } = entry;
  assert.deepEqual({ values, reported, would_refuse, leftovers }, {
    values: 1, reported: { "rule-1": 1 }, would_refuse: { "rule-2": 1 }, leftovers: 1,
  });
});

test("without a body there is nothing to count of it", async () => {
  const { entry } = await sender(policyOf([{ query: "ssn" }]))({ method: "GET", querystring: "ssn=1" });
  assert.deepEqual([entry.values, entry.body_bytes, entry.sealed_bytes], [1, undefined, undefined]);
});

test("by default an entry is one line of JSON", async () => {
  const log = mock.method(console, "log", () => {});
  try {
    await createOriginRequestHandler(POLICY)(event({ body: people }));
  } finally {
    log.mock.restore();
  }
  assert.equal(log.mock.callCount(), 1);
  const [line] = log.mock.calls[0]?.arguments ?? [];
  assert.ok(!line.includes("\n"));
  assert.equal(JSON.parse(line).outcome, "encrypted");
});

for (const [name, request, outcome, values] of /** @type {const} */ ([
  ["encrypted", { body: people }, "encrypted", 3],
  ["passed", { method: "GET" }, "passed", 0],
  ["refused", { body: body("{") }, "refused", 0],
])) {
  test(`metrics of a request that is ${name} are in CloudWatch's embedded metric format`, async () => {
    const before = Date.now();
    const { entry } = await sender(POLICY, { metrics: "emf" })(request);
    assertEmf(JSON.parse(JSON.stringify(entry)), before);
    assert.equal(entry.outcome, outcome);
    assert.deepEqual([entry.Requests, entry.Values, entry.Refused], [1, values, outcome === "refused" ? 1 : 0]);
    assert.equal(entry.Microseconds, entry.microseconds);
  });
}

test("without the option there are no metrics", async () => {
  const { entry } = await sender(POLICY)({ body: people });
  assert.equal(entry._aws, undefined);
  assert.throws(() => sender(POLICY, { metrics: /** @type {any} */ ("statsd") }), TypeError);
});

/**
 * The specification of the format, section by section.
 * @param {any} entry
 * @param {number} before
 */
function assertEmf({ _aws, ...root }, before) {
  assert.ok(Number.isInteger(_aws.Timestamp) && _aws.Timestamp >= before && _aws.Timestamp <= Date.now());
  assert.equal(_aws.CloudWatchMetrics.length, 1);
  const [{ Namespace, Dimensions, Metrics, ...others }] = _aws.CloudWatchMetrics;
  assert.deepEqual(others, {});
  assert.equal(Namespace, "EdgeSeal");
  for (const set of Dimensions) {
    assert.ok(Array.isArray(set) && set.length <= 30);
    for (const name of set) assert.equal(typeof root[name], "string", name);
  }
  assert.ok(Metrics.length > 0 && Metrics.length <= 100);
  for (const { Name, Unit, ...others } of Metrics) {
    assert.deepEqual(others, {});
    assert.ok(["Count", "Microseconds"].includes(Unit));
    assert.ok(Number.isFinite(root[Name]), Name);
  }
}

test("a log that fails changes nothing", async () => {
  const logs = [() => { throw new Error("full"); }, async () => { throw new Error("full"); }];
  for (const log of logs) {
    const handler = createOriginRequestHandler(POLICY, { log });
    const result = /** @type {any} */ (await handler(event({ body: people })));
    assert.equal(result.body.action, "replace");
    assert.equal(/** @type {any} */ (await handler(event({}))).status, "411");
  }
});

test("the README shows every member of an entry, and no other", () => {
  const types = readFileSync(new URL("../types/log.d.ts", import.meta.url), "utf8");
  const [, entry = ""] = /interface LogEntry {([^]*?)\n}/.exec(types) ?? [];
  const members = [...entry.matchAll(/^  (\w+)\??:/gm)].map(([, name]) => name);
  const rows = tableOf("edge-function/README.md", "Log").flatMap(([names = ""]) => names.split(", "));
  assert.deepEqual(rows.map((name) => name.replaceAll("`", "")).sort(), members.sort());
  assert.ok(members.length > 10);
});
