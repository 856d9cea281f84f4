// Linear memory and our own buffers keep no plaintext, and memory does not grow with the number of requests.

import assert from "node:assert/strict";
import { test } from "node:test";

import { createGate } from "../src/core/gate.js";
import { instancesOf } from "../src/core/instances.js";
import { decrypt } from "../src/decrypt.js";
import { readBody } from "../src/fetch/body.js";
import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { loadModule } from "../src/module.js";
import { atOrigin, body, event, headers, JSON_TYPE } from "../support/event.js";
import { memory as linearMemory } from "../support/instance.js";
import { ask, KEYRING, POLICY, policyOf } from "../support/policy.js";
import { streamOf, withRandom } from "../support/random.js";
import { initSync as initDecryptor } from "../wasm/edgeseal_decrypt.js";

const quiet = { log: () => {} };
const handler = createOriginRequestHandler(POLICY, quiet);
const everywhere = createOriginRequestHandler(policyOf([{ path: "$..ssn" }, { query: "ssn" }, { header: "x-ssn" }]), quiet);
const memory = () => Buffer.from(linearMemory().buffer);

const SENTINEL = "sentinel-078-05-1120";
const person = event({ body: body(`{"ssn":"${SENTINEL}","email":"\\u0073${SENTINEL}","nick":"${SENTINEL}"}`) });

test("after a request no plaintext is left", async () => {
  const result = await handler(person);
  assert.equal(memory().indexOf(SENTINEL), -1);
  const { body } = await decrypt(atOrigin(result), { format: "json", keyring: KEYRING, ask });
  assert.ok(Buffer.from(body).includes(SENTINEL));
  const { memory: ofDecryptor } = initDecryptor(/** @type {any} */ (undefined));
  assert.equal(Buffer.from(ofDecryptor.buffer).indexOf(SENTINEL), -1);
});

test("nothing of one tenant's request is in memory, or in the answer, when another's comes", async () => {
  const tenants = ["tenant-a-078-05-1120", "tenant-b-219-09-9999"].map((value, i) => ({
    value,
    handler: createOriginRequestHandler(policyOf([{ path: `$..of${i}`, mode: "envelope" }, { query: "ssn" }]), quiet),
    given: event({ querystring: `ssn=${value}`, body: body(`{"of0":"${value}","of1":"${value}","n":1}`) }),
  }));
  for (let round = 0; round < 6; round += 1) {
    const { handler, given, value } = /** @type {typeof tenants[0]} */ (tenants[round % 2]);
    const result = /** @type {any} */ (await handler(given));
    assert.equal(atOrigin(result).toString().match(/__es1\./g)?.length, 1);
    // Each policy leaves the other's field: what is there is this tenant's own.
    assert.ok(atOrigin(result).includes(value));
    for (const other of tenants) {
      assert.equal(memory().indexOf(other.value), -1);
      if (other.value !== value) assert.ok(!JSON.stringify(result).includes(other.value) && !atOrigin(result).includes(other.value));
    }
  }
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

test("the bytes of a body that the event has as base64 are zeroed, whatever becomes of it, also if it is not base64", async () => {
  const whole = Buffer.from(`{"ssn":"${SENTINEL}"}`).toString("base64");
  for (const data of [whole, Buffer.from(`{"n":"${SENTINEL}"}`).toString("base64"), Buffer.from(`{"${SENTINEL}`).toString("base64"), `${whole}=`, ` ${whole}`]) {
    /** @type {Buffer[]} */
    const decoded = [];
    const from = Buffer.from;
    Buffer.from = /** @type {any} */ ((/** @type {any[]} */ ...given) => {
      const bytes = Reflect.apply(from, Buffer, given);
      if (given[0] === data) decoded.push(bytes);
      return bytes;
    });
    try {
      await handler(event({ body: { ...body(""), data } }));
    } finally {
      Buffer.from = from;
    }
    assert.equal(decoded.length, 1);
    assert.ok(decoded[0]?.equals(Buffer.alloc(decoded[0].length)), data);
  }
});

test("the bytes of a body that is longer than may be read are zeroed", async () => {
  const set = Uint8Array.prototype.set;
  /** @type {Uint8Array[]} */
  const copies = [];
  Uint8Array.prototype.set = function (...given) {
    if (this.length === SENTINEL.length) copies.push(this);
    return Reflect.apply(set, this, given);
  };
  try {
    const request = new Request("https://api.example/", { method: "POST", body: SENTINEL });
    assert.deepEqual(await readBody(request, SENTINEL.length - 1), { body: undefined, lack: "too long" });
  } finally {
    Uint8Array.prototype.set = set;
  }
  assert.ok(copies.length > 0);
  for (const copy of copies) assert.deepEqual(copy, new Uint8Array(copy.length));
});

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

test("an instance whose memory has 64 MiB stays, and with one page more it is zeroed and replaced", () => {
  for (const [pages, generation] of /** @type {[number, number][]} */ ([[1_023, 1], [1_024, 1], [1_025, 2]])) {
    /** @type {WebAssembly.Memory[]} */
    const memories = [];
    const glue = { initSync: () => ({ memory: memories.at(-1) ?? fresh() }), reset: () => void fresh() };
    const fresh = () => memories[memories.push(new WebAssembly.Memory({ initial: 1 })) - 1];
    const call = instancesOf(/** @type {any} */ (glue));
    const module = new WebAssembly.Module(Buffer.from("AGFzbQEAAAA=", "base64"));
    call(module, () => {
      memories[0]?.grow(pages - 1);
      Buffer.from(/** @type {WebAssembly.Memory} */ (memories[0]).buffer).write(SENTINEL, 99);
    });
    assert.equal(call(module, (generation) => generation), generation, `${pages} pages`);
    const { buffer } = /** @type {WebAssembly.Memory} */ (memories[0]);
    assert.equal(Buffer.from(buffer, 0, 65_536).includes(SENTINEL), generation === 1);
  }
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
