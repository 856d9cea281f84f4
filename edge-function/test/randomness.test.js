// No randomness, no request.

import assert from "node:assert/strict";
import { test } from "node:test";

import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { body, event } from "../support/event.js";
import { POLICY } from "../support/policy.js";
import { streamOf, withRandom } from "../support/random.js";

/** @type {any[]} */
const entries = [];
const log = (/** @type {any} */ entry) => void entries.push(entry);
const handler = createOriginRequestHandler(POLICY, { log });
const people = event({ body: body('[{"ssn":"078-05-1120"},{"ssn":"219-09-9999","email":"a@example.org"}]') });

/** @type {[name: string, fill: (bytes: Uint8Array) => void][]} */
const GENERATORS = [
  ["that throws", () => { throw new DOMException("no entropy", "OperationError"); }],
  ["that throws text", () => { throw "no entropy"; }],
  ["that gives zeros", (bytes) => bytes.fill(0)],
  ["that does nothing", () => {}],
  ["that repeats itself", (bytes) => bytes.fill(7)],
];

for (const [name, fill] of GENERATORS) {
  test(`a generator ${name} refuses the request`, async () => {
    const result = /** @type {any} */ (await withRandom(fill, () => handler(people)));
    assert.equal(result.status, "503");
    assert.equal(entries.pop().code, "randomness_failed");
  });
}

test("a generator that begins anew with every call refuses the request", async () => {
  const result = /** @type {any} */ (await withRandom((bytes) => bytes.forEach((_, i) => void (bytes[i] = i + 1)), () => handler(people)));
  assert.equal(result.status, "503");
  assert.equal(entries.pop().code, "randomness_failed");
});

test("a generator that fails later refuses the request, and is not asked again", async () => {
  for (const fails of [2, 3]) {
    let draws = 0;
    const fill = (/** @type {Uint8Array} */ bytes) => {
      if ((draws += 1) === fails) throw new Error("no more entropy");
      bytes.forEach((_, i) => void (bytes[i] = draws + i));
    };
    const result = /** @type {any} */ (await withRandom(fill, () => handler(people)));
    assert.equal(result.status, "503");
    assert.equal(draws, fails);
  }
});

test("no generator at all refuses the request", async () => {
  const own = Object.getOwnPropertyDescriptor(globalThis, "crypto");
  assert.ok(own);
  Object.defineProperty(globalThis, "crypto", { value: undefined, configurable: true, writable: true });
  try {
    assert.equal(/** @type {any} */ (await handler(people)).status, "503");
  } finally {
    Object.defineProperty(globalThis, "crypto", own);
  }
});

test("after each of these the next request is encrypted", async () => {
  await handler(people);
  assert.equal(entries.at(-1).outcome, "encrypted");
});

test("nothing is drawn before a request, every value draws its own, and nothing is left over", async () => {
  // Two OAEP seeds; a data key, its OAEP seed, an initialization vector.
  const lengths = [32, 32, 32, 32, 12];
  const pieces = lengths.map((length, i) => new Uint8Array(length).fill(i + 1));
  const { fill, calls } = streamOf(pieces);
  await withRandom(fill, async () => {
    const fresh = createOriginRequestHandler(POLICY, { log });
    assert.deepEqual(calls, []);
    await fresh(people);
  });
  assert.equal(entries.at(-1).outcome, "encrypted");
  // The first by itself; then what is certain: another seed and an initialization vector; then what a data key takes.
  assert.deepEqual(calls, [32, 44, 64]);
});
