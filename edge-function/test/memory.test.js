// Linear memory keeps no plaintext, and does not grow with the number of requests.

import assert from "node:assert/strict";
import { test } from "node:test";

import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { decrypt } from "../src/decrypt.js";
import { atOrigin, body, event } from "../support/event.js";
import { ask, KEYRING, POLICY } from "../support/policy.js";
import { withRandom } from "../support/random.js";
import { initSync } from "../wasm/edgeseal.js";

const handler = createOriginRequestHandler(POLICY, { log: () => {} });
const memory = () => Buffer.from(initSync(/** @type {any} */ (undefined)).memory.buffer);

const SENTINEL = "sentinel-078-05-1120";
const person = event({ body: body(`{"ssn":"${SENTINEL}","email":"\\u0073${SENTINEL}","nick":"${SENTINEL}"}`) });

test("after a request no plaintext is left", async () => {
  const result = await handler(person);
  assert.equal(memory().indexOf(SENTINEL), -1);
  await decrypt(atOrigin(result), { format: "json", keyring: KEYRING, ask });
  assert.equal(memory().indexOf(SENTINEL), -1);
});

test("after a refusal no plaintext is left", async () => {
  for (const content of [`{"ssn":"${SENTINEL}"`, `{"ssn":"${SENTINEL}","nick":1}`, `{"${SENTINEL}":"__es1."}`]) {
    const result = /** @type {any} */ (await handler(event({ body: body(content) })));
    assert.ok(Number(result.status) >= 400);
    assert.equal(memory().indexOf(SENTINEL), -1);
  }
});

test("after a request no randomness is left", async () => {
  /** @type {Buffer[]} */
  const drawn = [];
  const fill = (/** @type {Uint8Array} */ bytes) => {
    bytes.fill(0xa0 + drawn.length);
    drawn.push(Buffer.from(bytes));
  };
  await withRandom(fill, () => handler(person));
  assert.equal(drawn.length, 5);
  for (const bytes of drawn.filter(({ length }) => length === 32)) {
    assert.equal(memory().indexOf(bytes), -1);
  }
});

test("many requests do not grow it", async () => {
  await handler(person);
  const size = memory().length;
  for (let i = 0; i < 2_000; i += 1) await handler(person);
  assert.equal(memory().length, size);
});
