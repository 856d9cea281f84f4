// Linear memory and our own buffers keep no plaintext, and memory does not grow with the number of requests.

import assert from "node:assert/strict";
import { test } from "node:test";

import { createGate } from "../src/core/gate.js";
import { decrypt } from "../src/decrypt.js";
import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { loadModule } from "../src/module.js";
import { atOrigin, body, event, headers, JSON_TYPE } from "../support/event.js";
import { memory as linearMemory } from "../support/instance.js";
import { ask, KEYRING, POLICY, policyOf } from "../support/policy.js";
import { streamOf, withRandom } from "../support/random.js";

const quiet = { log: () => {} };
const handler = createOriginRequestHandler(POLICY, quiet);
const everywhere = createOriginRequestHandler(policyOf([{ path: "$..ssn" }, { query: "ssn" }, { header: "x-ssn" }]), quiet);
const memory = () => Buffer.from(linearMemory().buffer);

const SENTINEL = "sentinel-078-05-1120";
const person = event({ body: body(`{"ssn":"${SENTINEL}","email":"\\u0073${SENTINEL}","nick":"${SENTINEL}"}`) });

test("after a request no plaintext is left", async () => {
  const result = await handler(person);
  assert.equal(memory().indexOf(SENTINEL), -1);
  await decrypt(atOrigin(result), { format: "json", keyring: KEYRING, ask });
  assert.equal(memory().indexOf(SENTINEL), -1);
});

test("nor of its query string and headers", async () => {
  const head = { querystring: `ssn=${SENTINEL}&a=${SENTINEL}`, headers: headers(JSON_TYPE, ["X-SSN", SENTINEL]) };
  const result = /** @type {any} */ (await everywhere(event({ ...head, body: body(`{"ssn":"${SENTINEL}"}`) })));
  assert.match(result.querystring, /^ssn=__es1\./);
  assert.equal(memory().indexOf(SENTINEL), -1);
});

test("after a refusal no plaintext is left", async () => {
  for (const content of [`{"ssn":"${SENTINEL}"`, `{"ssn":"${SENTINEL}","nick":1}`, `{"${SENTINEL}":"__es1."}`]) {
    const result = /** @type {any} */ (await handler(event({ body: body(content) })));
    assert.ok(Number(result.status) >= 400);
    assert.equal(memory().indexOf(SENTINEL), -1);
  }
  const result = /** @type {any} */ (await everywhere(event({ method: "GET", querystring: `ssn=${SENTINEL}&a=%zz` })));
  assert.equal(result.status, "400");
  assert.equal(memory().indexOf(SENTINEL), -1);
});

for (const [outcome, content] of Object.entries({
  encrypted: `{"ssn":"${SENTINEL}"}`,
  unchanged: `{"n":"${SENTINEL}"}`,
  refused: SENTINEL,
})) {
  test(`the bytes of a body that is ${outcome} are zeroed`, async () => {
    const bytes = new TextEncoder().encode(content);
    const { entry, wasThere } = await pass(bytes);
    assert.equal(entry.outcome, outcome);
    assert.equal(wasThere, outcome === "refused" ? undefined : true, "not before it is sent on");
    assert.deepEqual(bytes, new Uint8Array(bytes.length));
  });
}

test("after a request no randomness is left", async () => {
  const pieces = [32, 32, 32, 32, 12].map((length, i) => new Uint8Array(length).fill(0xa0 + i));
  const { fill, calls } = streamOf(pieces);
  await withRandom(fill, () => handler(person));
  assert.equal(calls.reduce((sum, bytes) => sum + bytes), 140);
  // Initialization vectors are public.
  for (const bytes of pieces.filter(({ length }) => length === 32)) {
    assert.equal(memory().indexOf(bytes), -1);
  }
});

test("100,000 requests do not grow it", async () => {
  const one = event({ body: body('{"ssn":"078-05-1120"}') });
  /** @type {[times: number, request: any, status: string | undefined][]} */
  const mix = [
    [4_000, one, undefined],
    [1_000, person, undefined],
    [45_000, event({ body: body('{"n":1}') }), undefined],
    [10_000, event({ method: "GET" }), undefined],
    [20_000, event({ body: body("{") }), "400"],
    [20_000, event({ headers: headers(), body: body("{}") }), "415"],
  ];
  assert.equal(mix.reduce((sum, [times]) => sum + times, 0), 100_000);
  for (const [, request] of mix) await handler(request);
  const size = memory().length;
  // In a hundred rounds, so that kinds follow each other.
  for (let round = 0; round < 100; round += 1) {
    for (const [times, request, status] of mix) {
      for (let i = 0; i < times / 100; i += 1) {
        const result = /** @type {any} */ (await handler(request));
        assert.ok(result.status === status);
      }
    }
  }
  assert.equal(memory().length, size);
});

test("a body that makes it grow a lot costs the instance, and nothing else", async () => {
  const before = linearMemory();
  const { entry } = await pass(new Uint8Array(70 * 1024 * 1024).fill(0x20).fill(0x30, 0, 1));
  assert.equal(entry.outcome, "unchanged");
  assert.ok(before.buffer.byteLength > 64 * 1024 * 1024);
  assert.ok(Buffer.from(before.buffer).equals(Buffer.alloc(before.buffer.byteLength)), "nothing is left in the old one");
  assert.match(atOrigin(await handler(person)).toString(), /^{"ssn":"__es1\./);
  assert.notEqual(linearMemory(), before);
  assert.ok(linearMemory().buffer.byteLength < 16 * 1024 * 1024);
});

/**
 * Sends a body through a gate of its own.
 * @param {Uint8Array} bytes
 */
async function pass(bytes) {
  /** @type {any} */
  let entry;
  const headers = [{ name: "Content-Type", value: "application/json" }];
  const request = { method: "POST", path: "/", query: "", headers, body: bytes };
  const log = (/** @type {any} */ said) => void (entry = said);
  const wasThere = await createGate(POLICY, { log }, { module: loadModule() }, {
    read: () => request,
    forward: () => bytes.some((byte) => byte !== 0),
    refuse: () => undefined,
  })(undefined);
  return { entry, wasThere };
}
