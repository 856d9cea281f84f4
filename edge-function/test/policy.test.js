// A policy that does not load lets nothing through.

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { body, event } from "../support/event.js";
import { POLICY } from "../support/policy.js";

const person = body('{"ssn":"078-05-1120"}');

/** @type {[policy: string, code: string, pointer: string][]} */
const REFUSED = [
  ["", "config_not_json", ""],
  ["{}", "config_member_missing", "/version"],
  [POLICY.replace('"version":1', '"version":2'), "config_version_unsupported", "/version"],
  [POLICY.replace('"key":"pii-1"', '"key":"pii-2"'), "config_key_unknown", "/fields/0/key"],
  [POLICY.replace("$..ssn", "$..ssn[?@.a]"), "path_unsupported", "/fields/0/path"],
];

for (const [policy, code, pointer] of REFUSED) {
  test(`${code} refuses every request`, async () => {
    /** @type {any[]} */
    const entries = [];
    const handler = createOriginRequestHandler(policy, { log: (entry) => void entries.push(entry) });
    const refused = { code: "policy_refused", status: 503, policy_error: { code, pointer } };
    const { microseconds, cold_start, ...line } = entries.pop();
    assert.deepEqual(line, { outcome: "not_loaded", ...refused }, "said before any request");
    assert.equal(entries.length, 0, "once");
    const events = [event({ body: person }), event({ method: "GET" }), event({ method: "OPTIONS" }), {}];
    for (const given of events) {
      const result = /** @type {any} */ (await handler(/** @type {any} */ (given)));
      assert.equal(result.status, "503");
      assert.equal(JSON.parse(result.body).code, "policy_refused");
      const { outcome, code, status, policy_error } = entries.pop();
      assert.deepEqual({ outcome, code, status, policy_error }, { outcome: "refused", ...refused });
    }
  });
}

test("by default a policy that does not load is an error on the console", () => {
  const error = mock.method(console, "error", () => {});
  try {
    createOriginRequestHandler("{}");
  } finally {
    error.mock.restore();
  }
  assert.equal(error.mock.callCount(), 1);
  const { outcome, policy_error } = JSON.parse(error.mock.calls[0]?.arguments[0]);
  assert.equal(outcome, "not_loaded");
  assert.deepEqual(policy_error, { code: "config_member_missing", pointer: "/version" });
});

test("arguments of another type are the caller's mistake, seen at once", () => {
  assert.throws(() => createOriginRequestHandler(/** @type {any} */ (JSON.parse(POLICY))), TypeError);
  assert.throws(() => createOriginRequestHandler(/** @type {any} */ (undefined)), TypeError);
  assert.throws(() => createOriginRequestHandler(POLICY, { log: /** @type {any} */ (true) }), TypeError);
  for (const maxOutputBytes of [-1, 0.5, NaN, 1_048_577, /** @type {any} */ ("1")]) {
    assert.throws(() => createOriginRequestHandler(POLICY, { maxOutputBytes }), RangeError);
  }
});
