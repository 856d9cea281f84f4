// Data keys that serve several requests, where the policy says so.

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { atOrigin, body, event } from "../support/event.js";
import { breakInstance, memory as linearMemory } from "../support/instance.js";
import { publicPem } from "../support/keys.js";
import { policyOf } from "../support/policy.js";
import { streamOf, withRandom } from "../support/random.js";

const SENTINEL = "sentinel-078-05-1120";
const quiet = { log: () => {} };
const memory = () => Buffer.from(linearMemory().buffer);

/** @param {Record<string, number> | undefined} [data_key_reuse] */
function handlerOf(data_key_reuse) {
  const keys = { "pii-1": { public_key: publicPem("rsa2048-a"), data_key_reuse } };
  return createOriginRequestHandler(policyOf([{ path: "$..ssn", mode: "envelope" }], { keys }), quiet);
}

/**
 * The wrapped data key of each value of a request with so many.
 * @param {ReturnType<typeof handlerOf>} handler
 */
async function wrappedBy(handler, values = 1) {
  const result = await handler(event({ body: body(JSON.stringify(Array(values).fill({ ssn: SENTINEL }))) }));
  const records = JSON.parse(atOrigin(result).toString());
  return records.map((/** @type {{ ssn: string }} */ { ssn }) => ssn.split(".")[4]);
}

/**
 * With clocks that say what they are told, in milliseconds; the time of day stands still.
 * @param {(set: (now: number) => void) => Promise<void>} work
 */
async function withClock(work) {
  let now = 1_000;
  const clocks = [mock.method(performance, "now", () => now), mock.method(Date, "now", () => 1_000)];
  try {
    await work((to) => void (now = to));
  } finally {
    for (const clock of clocks) clock.mock.restore();
  }
}

test("by default no two requests share a data key, and all values of one do", async () => {
  const handler = handlerOf();
  const [one, two] = [await wrappedBy(handler, 3), await wrappedBy(handler, 3)];
  assert.deepEqual([new Set(one).size, new Set(two).size, new Set([...one, ...two]).size], [1, 1, 2]);
});

test("requests share one for as many values as the policy says", async () => {
  const handler = handlerOf({ max_values: 5, max_age_seconds: 3600 });
  const wrapped = [...(await wrappedBy(handler, 3)), ...(await wrappedBy(handler, 3)), ...(await wrappedBy(handler, 4))];
  assert.deepEqual(wrapped.map((key) => wrapped.indexOf(key)), [0, 0, 0, 0, 0, 5, 5, 5, 5, 5]);
});

test("and for as long as it says", async () => {
  for (const [later, isShared] of /** @type {[number, boolean][]} */ ([[0, true], [59_999, true], [60_000, false], [60_001, false]])) {
    await withClock(async (set) => {
      const handler = handlerOf({ max_values: 1_000, max_age_seconds: 60 });
      const before = await wrappedBy(handler);
      set(1_000 + later);
      assert.equal((await wrappedBy(handler))[0] === before[0], isShared, `${later}`);
    });
  }
});

test("a clock that goes back, or says no number, drops it", async () => {
  await withClock(async (set) => {
    const handler = handlerOf({ max_values: 1_000, max_age_seconds: 60 });
    /** @type {string[]} */
    const seen = [];
    for (const now of [2_000, 3_000, 2_500, 2_600, NaN, 3_000]) {
      set(now);
      seen.push(...(await wrappedBy(handler)));
    }
    // The time of day stands still: that is how the clock goes on where the other goes back.
    assert.deepEqual(seen.map((key) => seen.indexOf(key)), [0, 0, 0, 0, 4, 5]);
  });
  const clocks = [mock.method(performance, "now", () => 1), mock.method(Date, "now", () => 1)];
  const handler = handlerOf({ max_values: 1_000, max_age_seconds: 60 });
  const before = await wrappedBy(handler);
  for (const { mock } of clocks) mock.mockImplementation(() => 0);
  assert.notDeepEqual(await wrappedBy(handler), before);
  for (const { mock } of clocks) mock.restore();
});

test("two handlers share none, though their policies are the same", async () => {
  const reuse = { max_values: 1_000, max_age_seconds: 60 };
  const [one, two] = [handlerOf(reuse), handlerOf(reuse)];
  assert.notDeepEqual(await wrappedBy(one), await wrappedBy(two));
});

test("a trap throws it away with the instance", async () => {
  const handler = handlerOf({ max_values: 1_000, max_age_seconds: 60 });
  const before = await wrappedBy(handler);
  assert.deepEqual(await wrappedBy(handler), before);
  breakInstance();
  const refused = /** @type {any} */ (await handler(event({ body: body('{"ssn":"0"}') })));
  assert.equal(refused.status, "500");
  assert.notDeepEqual(await wrappedBy(handler), before);
});

test("between requests memory holds no plaintext, no seed, and no data key as it was drawn", async () => {
  const handler = handlerOf({ max_values: 1_000, max_age_seconds: 60 });
  const pieces = [32, 32, 12, 12, 12, 12].map((length, i) => new Uint8Array(length).fill(0xa0 + i));
  const { fill, calls } = streamOf(pieces);
  await withRandom(fill, async () => {
    await wrappedBy(handler, 2);
    await wrappedBy(handler, 2);
  });
  assert.equal(calls.reduce((sum, bytes) => sum + bytes), 112);
  assert.equal(memory().indexOf(SENTINEL), -1);
  for (const bytes of pieces.filter(({ length }) => length === 32)) assert.equal(memory().indexOf(bytes), -1);
});

test("a generator that starts over with every request is noticed", async () => {
  const handler = handlerOf({ max_values: 1_000, max_age_seconds: 60 });
  const fresh = () => {
    let draws = 0;
    return (/** @type {Uint8Array} */ bytes) => bytes.forEach((_, i) => void (bytes[i] = draws += 1));
  };
  const send = () => handler(event({ body: body('{"ssn":"0"}') }));
  const first = /** @type {any} */ (await withRandom(fresh(), send));
  assert.equal(first.body.action, "replace");
  assert.equal(/** @type {any} */ (await withRandom(fresh(), send)).body.action, "replace", "another draw");
  assert.equal(/** @type {any} */ (await withRandom(fresh(), send)).status, "503");
});
