// A fault at every step: whatever fails, the request is refused, and the next one is encrypted.

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { atOrigin, body, event, headers, JSON_TYPE } from "../support/event.js";
import { policyOf } from "../support/policy.js";
import { Encryptor } from "../wasm/edgeseal.js";

const SECRET = "078-05-1120";
const POLICY = policyOf([{ path: "$.ssn" }, { query: "ssn" }, { header: "x-ssn" }], { digest_headers: { digest: "recompute" } });
const PERSON = event({
  headers: headers(JSON_TYPE, ["X-SSN", SECRET], ["Digest", await digestOf(`{"ssn":"${SECRET}"}`)]),
  querystring: `ssn=${SECRET}`,
  body: body(`{"ssn":"${SECRET}"}`),
});

/** @type {any} */
let entry;
const handler = createOriginRequestHandler(POLICY, { log: (said) => void (entry = said), countHeader: "X-Count" });

/** What the handler calls on its way, by step. @type {[step: string, object: any, method: string][]} */
const STEPS = [
  ["read: the header's values", Object, "entries"],
  ["decide: digests", Object, "hasOwn"],
  ["decode", Buffer, "from"],
  ["decode, encode", Buffer.prototype, "toString"],
  ["encrypt", Encryptor.prototype, "encrypt"],
  ["random", crypto, "getRandomValues"],
  ["parse the report", JSON, "parse"],
  ["digest", crypto.subtle, "digest"],
  ["write the digest", globalThis, "btoa"],
  ["measure the head", TextEncoder.prototype, "encode"],
];

for (const [step, object, method] of STEPS) {
  test(`${step}: ${method} fails at any time`, async () => {
    const calls = await callsOf(object, method);
    assert.ok(calls > 0, "the step is on the way");
    for (let at = 1; at <= calls; at += 1) {
      const { result, count } = await withFault(object, method, at);
      assert.equal(count, at, "nothing goes on after the fault");
      assert.ok(["500", "503"].includes(result.status), `${method}, call ${at}: ${JSON.stringify(entry)}`);
      assert.ok(["internal", "randomness_failed", "body_not_base64"].includes(entry.code));
      assert.ok(!JSON.stringify([result, entry]).includes(SECRET));
      await assertHealthy();
    }
  });
}

test("an answer of wasm that has another shape is refused", async () => {
  const answers = [undefined, null, {}, { report: "" }, { report: "{}", headers: [] }, { report: "{}", headers: ["a", "b"] }];
  for (const answer of answers) {
    const encrypt = mock.method(Encryptor.prototype, "encrypt", () => answer);
    try {
      assert.equal(/** @type {any} */ (await handler(PERSON)).status, "500", JSON.stringify(answer));
    } finally {
      encrypt.mock.restore();
    }
    await assertHealthy();
  }
});

async function assertHealthy() {
  const result = /** @type {any} */ (await handler(PERSON));
  assert.equal(entry.outcome, "encrypted", entry.code);
  assert.match(atOrigin(result).toString(), /^{"ssn":"__es1\.pii-1\.s\..{342}\.__"}$/);
}

/**
 * How often a healthy request calls a method.
 * @param {any} object
 * @param {string} method
 */
async function callsOf(object, method) {
  const { count, result } = await withFault(object, method, Infinity);
  assert.equal(result.status, undefined);
  return count;
}

/**
 * Has the n-th call of a method fail while a request is handled.
 * @param {any} object
 * @param {string} method
 * @param {number} at
 * @returns {Promise<{ result: any, count: number }>}
 */
async function withFault(object, method, at) {
  const own = Object.getOwnPropertyDescriptor(object, method);
  const original = object[method];
  let count = 0;
  Object.defineProperty(object, method, {
    configurable: true,
    writable: true,
    value: function (/** @type {unknown[]} */ ...given) {
      count += 1;
      if (count === at) throw new Error(SECRET);
      return Reflect.apply(original, this, given);
    },
  });
  try {
    return { result: await handler(PERSON), count };
  } finally {
    delete object[method];
    if (own !== undefined) Object.defineProperty(object, method, own);
  }
}

/** @param {string} content */
async function digestOf(content) {
  const digest = await crypto.subtle.digest("SHA-256", Buffer.from(content));
  return `SHA-256=${Buffer.from(digest).toString("base64")}`;
}
