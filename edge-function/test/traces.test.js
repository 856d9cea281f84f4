// After a request, nothing in linear memory depends on what was secret in it: two instances that have seen requests alike but for that
// are equal, byte for byte.

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { body, event, headers, JSON_TYPE } from "../support/event.js";
import { breakInstance, memory } from "../support/instance.js";
import { publicPem } from "../support/keys.js";
import { withRandom } from "../support/random.js";

/** What is secret: a value's text, and what is drawn for it. */
const ONE = { value: "078-05-1120", draw: 0x11 };
const ANOTHER = { value: "219-09-9999", draw: 0x77 };

/**
 * @param {string} key
 * @param {Record<string, number>} [data_key_reuse]
 */
function handlerOf(key, data_key_reuse) {
  const target = { direct: { path: "$..direct" }, envelope: { path: "$..envelope", mode: "envelope" }, query: { query: "ssn" }, header: { header: "x-ssn" } };
  const fields = Object.entries(target).map(([name, rule]) => ({ name, key: "k", ...rule }));
  const policy = { version: 1, keys: { k: { public_key: publicPem(key), data_key_reuse } }, fields };
  return createOriginRequestHandler(JSON.stringify(policy), { log: () => {} });
}

/**
 * The memory of a fresh instance after requests with such secrets.
 * @param {() => ReturnType<typeof handlerOf>} create
 * @param {(handler: ReturnType<typeof handlerOf>, value: string) => Promise<void>} work
 * @param {typeof ONE} secret
 */
async function memoryAfter(create, work, { value, draw }) {
  const older = create();
  await older(event({ method: "GET" }));
  breakInstance();
  await older(event({ body: body("{}") }));
  let draws = 0;
  // Initialization vectors are no secret, and the last is kept with its data key.
  const fill = (/** @type {Uint8Array} */ bytes) => {
    draws += 1;
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = ((bytes.length === 12 ? 0x33 : draw) * (i + 1) + draws) & 0xff;
  };
  const handler = create();
  await withRandom(fill, () => work(handler, value));
  assert.ok(draws > 0);
  return Buffer.from(memory().buffer).toString("latin1");
}

/**
 * @param {ReturnType<typeof handlerOf>} handler
 * @param {string} value
 */
async function seal(handler, value) {
  const given = event({
    querystring: `a=b&ssn=${value}`,
    headers: headers(JSON_TYPE, ["X-SSN", value]),
    body: body(JSON.stringify([{ direct: value, envelope: { a: value } }, { direct: `${value}\n`, envelope: value.repeat(100) }])),
  });
  assert.equal(/** @type {any} */ (await handler(given)).body.action, "replace");
}

/**
 * How many bytes differ, with clocks that stand still.
 * @param {Parameters<typeof memoryAfter>[0]} create
 * @param {Parameters<typeof memoryAfter>[1]} work
 */
async function differing(create, work) {
  const clocks = [mock.method(performance, "now", () => now), mock.method(Date, "now", () => 1_000)];
  try {
    const [one, two] = [await memoryAfter(create, work, ONE), await memoryAfter(create, work, ANOTHER)];
    assert.equal(one.length, two.length);
    return Array.from(one).filter((byte, i) => byte !== two[i]).length;
  } finally {
    for (const clock of clocks) clock.mock.restore();
  }
}

let now = 1_000;

for (const key of ["rsa2048-a", "rsa3072", "rsa4096"]) {
  test(`${key}: of values, seeds and data keys nothing is left`, async () => {
    assert.equal(await differing(() => handlerOf(key), seal), 0);
  });
}

test("nor of a request that is refused when it is planned", async () => {
  const work = async (/** @type {any} */ handler, /** @type {string} */ value) => {
    await seal(handler, value);
    for (const text of [`{"direct":"${value}","x":}`, `{"direct":"${value}","x":"__es1."}`, `{"x":"${value}`]) {
      assert.equal((await handler(event({ body: body(text) }))).status, "400");
    }
  };
  assert.equal(await differing(() => handlerOf("rsa2048-a"), work), 0);
});

test("a data key that is kept is there, with its wrapped form, until the first request after its time", async () => {
  const create = () => handlerOf("rsa2048-a", { max_values: 1_000, max_age_seconds: 60 });
  const kept = await differing(create, seal);
  // 240 bytes of round keys, 16 of GHASH, 256 of the wrapped form; some bytes are equal by chance.
  assert.ok(kept > 400 && kept <= 240 + 16 + 256, `${kept}`);
  const late = async (/** @type {any} */ handler, /** @type {string} */ value) => {
    now = 1_000;
    await seal(handler, value);
    now = 61_000;
    assert.equal((await handler(event({ body: body("{") }))).status, "400");
  };
  assert.equal(await differing(create, late), 0);
  now = 1_000;
});
