// One entry for each request, and nothing of the request in it.

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { body, event, headers } from "../support/event.js";
import { POLICY } from "../support/policy.js";

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

test("a log that fails changes nothing", async () => {
  const logs = [() => { throw new Error("full"); }, async () => { throw new Error("full"); }];
  for (const log of logs) {
    const handler = createOriginRequestHandler(POLICY, { log });
    const result = /** @type {any} */ (await handler(event({ body: people })));
    assert.equal(result.body.action, "replace");
    assert.equal(/** @type {any} */ (await handler(event({}))).status, "411");
  }
});
