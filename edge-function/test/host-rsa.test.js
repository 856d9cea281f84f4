// The host's RSA in place of the module's: the same tokens, and no request goes on where it is wrong.

import assert from "node:assert/strict";
import nodeCrypto from "node:crypto";
import { test } from "node:test";

import { SEED, seededGenerator } from "../portable/seeded.js";
import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { body, event } from "../support/event.js";
import { memory as linearMemory } from "../support/instance.js";
import { publicPem } from "../support/keys.js";
import { withRandom } from "../support/random.js";

/** @typedef {import("../types/lambda-edge.d.ts").HostCrypto} HostCrypto */
/** @typedef {HostCrypto["publicEncrypt"]} PublicEncrypt */

const SENTINEL = "sentinel-078-05-1120";
const person = event({ body: body(`[{"ssn":"${SENTINEL}","email":"${SENTINEL}"},{"ssn":"1","email":"2"}]`) });

/** @param {string} key */
function policyUnder(key) {
  const rule = (/** @type {string} */ name, /** @type {string} */ mode) => ({ name, path: `$..${name}`, key: "__proto__", mode });
  const fields = [rule("ssn", "direct"), rule("email", "envelope")];
  return JSON.stringify({ version: 1, keys: { ["__proto__"]: { public_key: publicPem(key) } }, fields });
}

const POLICY = policyUnder("rsa2048-a");

/**
 * `node:crypto` with another operation, from the second call on: the first is the probe.
 * @param {PublicEncrypt} operation
 * @returns {HostCrypto & { calls: () => number }}
 */
function hostWith(operation) {
  let calls = -1;
  return {
    createPublicKey: nodeCrypto.createPublicKey,
    publicEncrypt(options, bytes) {
      calls += 1;
      return calls === 0 ? nodeCrypto.publicEncrypt(options, bytes) : operation(options, bytes);
    },
    constants: nodeCrypto.constants,
    calls: () => calls,
  };
}

/**
 * @param {string} policy
 * @param {boolean | HostCrypto | undefined} hostRsa
 */
async function seal(policy, hostRsa) {
  /** @type {any} */
  let entry;
  const handler = createOriginRequestHandler(policy, { hostRsa, log: (said) => void (entry = said) });
  const result = /** @type {any} */ (await withRandom(seededGenerator(SEED), () => handler(person)));
  return { handler, entry, result };
}

for (const key of ["rsa2048-a", "rsa3072", "rsa4096"]) {
  test(`${key}: tokens are the same`, async () => {
    const policy = policyUnder(key);
    const host = hostWith(nodeCrypto.publicEncrypt);
    const { result: expected } = await seal(policy, undefined);
    assert.equal(expected.body.action, "replace");
    for (const option of [false, true, nodeCrypto, host]) {
      const { result } = await seal(policy, option);
      assert.deepEqual(result, expected);
    }
    assert.equal(host.calls(), 3, "two direct values and a data key");
  });
}

const other = nodeCrypto.createPublicKey(publicPem("rsa2048-b"));
const { n = "" } = nodeCrypto.createPublicKey(publicPem("rsa2048-a")).export({ format: "jwk" });
const modulus = new Uint8Array(Buffer.from(n, "base64url"));
const right = nodeCrypto.publicEncrypt;

/** @type {[name: string, operation: any][]} */
const WRONG = [
  ["throws", () => { throw new Error("no"); }],
  ["throws nothing", () => { throw undefined; }],
  ["gives nothing", () => undefined],
  ["gives text", () => "x".repeat(256)],
  ["gives a list", () => Array(256).fill(1)],
  ["gives a promise", async (/** @type {any} */ options, /** @type {any} */ bytes) => right(options, bytes)],
  ["gives no bytes", () => new Uint8Array()],
  ["gives a byte too few", (/** @type {any} */ options, /** @type {any} */ bytes) => right(options, bytes).subarray(1)],
  ["gives a byte too many", (/** @type {any} */ options, /** @type {any} */ bytes) => Buffer.concat([new Uint8Array(1), right(options, bytes)])],
  ["gives the modulus", () => modulus],
  ["gives more than the modulus", () => new Uint8Array(256).fill(0xff)],
  ["gives back what it was given", (/** @type {any} */ _, /** @type {Uint8Array} */ bytes) => bytes.slice()],
  ["takes another key", (/** @type {any} */ options, /** @type {any} */ bytes) => right({ ...options, key: other }, bytes)],
];

for (const [name, operation] of WRONG) {
  test(`a host that ${name} has the request refused, and nothing goes on`, async () => {
    const { entry, handler, result } = await seal(POLICY, hostWith(operation));
    assert.equal(result.status, "500");
    assert.equal(JSON.parse(result.body).code, "encryption_failed");
    assert.deepEqual([entry.outcome, entry.code], ["refused", "encryption_failed"]);
    assert.equal(/** @type {any} */ (await handler(person)).status, "500", "and so the next");
    assert.equal(Buffer.from(linearMemory().buffer).indexOf(SENTINEL), -1);
  });
}

test("what it gives later is looked at too, as far as its length and range", async () => {
  for (const wrong of [new Uint8Array(255), modulus]) {
    let calls = 0;
    const host = hostWith((options, bytes) => ((calls += 1) === 3 ? wrong : right(options, bytes)));
    assert.equal((await seal(POLICY, host)).result.status, "500");
  }
});

test("encoded messages are zeroed in the host's memory, and not left in the module's", async () => {
  /** @type {{ given: Uint8Array, copy: Buffer }[]} */
  const seen = [];
  let fails = false;
  const host = hostWith((options, bytes) => {
    seen.push({ given: bytes, copy: Buffer.from(bytes) });
    if (fails) throw new Error("no");
    return right(options, bytes);
  });
  const { handler } = await seal(POLICY, host);
  fails = true;
  await handler(person);
  assert.equal(seen.length, 4);
  for (const { given, copy } of seen) {
    assert.deepEqual(given, new Uint8Array(256));
    assert.ok(copy.some((byte) => byte !== 0));
    assert.equal(Buffer.from(linearMemory().buffer).indexOf(copy), -1);
  }
});

test("a host that cannot do it is the deployment's mistake, seen at once", () => {
  const { createPublicKey, publicEncrypt, constants } = nodeCrypto;
  const padding = (/** @type {any} */ options, /** @type {any} */ bytes) =>
    publicEncrypt({ ...options, padding: constants.RSA_PKCS1_PADDING }, bytes.subarray(-1));
  for (const hostRsa of [
    null, 1, "node:crypto", [], {}, globalThis.crypto,
    { createPublicKey, publicEncrypt },
    { createPublicKey, publicEncrypt, constants: {} },
    { createPublicKey, constants },
    { publicEncrypt, constants },
    { createPublicKey, publicEncrypt: padding, constants },
    { createPublicKey, publicEncrypt: () => new Uint8Array(256), constants },
    { createPublicKey, publicEncrypt: async () => new Uint8Array(256), constants },
  ]) {
    assert.throws(() => createOriginRequestHandler(POLICY, { hostRsa: /** @type {any} */ (hostRsa) }), {
      name: "TypeError",
      message: /hostRsa/,
    });
  }
});

test("`true` where there is no node:crypto is seen at once as well", () => {
  const getBuiltinModule = process.getBuiltinModule;
  for (const found of [undefined, () => undefined]) {
    process.getBuiltinModule = /** @type {any} */ (found);
    try {
      assert.throws(() => createOriginRequestHandler(POLICY, { hostRsa: true }), { name: "TypeError", message: /hostRsa/ });
    } finally {
      process.getBuiltinModule = getBuiltinModule;
    }
  }
});
