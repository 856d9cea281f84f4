// Snapshots: an instance whose memory was copied, as Lambda SnapStart, Wizer and pools of isolates do, and its copies. None of what they
// draw is the same: no generator lives in the memory, so there is none to copy.

import assert from "node:assert/strict";
import { test } from "node:test";

import { loadModule } from "../src/module.js";
import { publicPem, open, privateKey } from "../support/keys.js";
import { policyOf } from "../support/policy.js";

const JSON_TYPE = "application/json";
const BODY = new TextEncoder().encode('[{"direct":"a"},{"direct":"a"},{"envelope":"a"},{"envelope":"a"}]');
const RULES = [{ path: "$..direct" }, { path: "$..envelope", mode: "envelope" }];
const PRIVATE = privateKey("rsa2048-a");
const COPIES = 8;

/** @param {Record<string, number>} [data_key_reuse] */
function policyWith(data_key_reuse) {
  return policyOf(RULES, { keys: { "pii-1": { public_key: publicPem("rsa2048-a"), data_key_reuse } } });
}

/**
 * Instances of the module with JavaScript of their own, each with the same policy loaded, so that the same things are at the same places.
 * @param {string} policy
 * @param {number} count
 */
async function instancesWith(policy, count) {
  const instances = [];
  for (let i = 0; i < count; i += 1) {
    numbers += 1;
    /** @type {typeof import("../wasm/edgeseal.js")} */
    const glue = await import(`../wasm/edgeseal.js?${numbers}`);
    const { memory, __wbindgen_externrefs: table } = glue.initSync({ module: loadModule() });
    const encryptor = new glue.Encryptor(policy, undefined, undefined);
    const seal = () => {
      const { body } = encryptor.encrypt(BODY, JSON_TYPE, "POST", "/", undefined, [], 0);
      const records = JSON.parse(Buffer.from(/** @type {Uint8Array} */ (body)).toString());
      return records.map((/** @type {Record<string, string>} */ record) => Object.values(record)[0]);
    };
    instances.push({ memory, table, seal });
  }
  return instances;
}
let numbers = 0;

/**
 * Puts the memory of the first into the others, and makes as many places for objects of JavaScript, of which none is taken between requests.
 * @param {{ memory: WebAssembly.Memory, table: WebAssembly.Table }[]} instances
 */
function clone([first, ...others]) {
  assert.ok(first !== undefined);
  const original = new Uint8Array(first.memory.buffer);
  for (const { memory, table } of others) {
    memory.grow((original.length - memory.buffer.byteLength) / 65_536);
    table.grow(first.table.length - table.length);
    new Uint8Array(memory.buffer).set(original);
  }
}

/**
 * What of tokens may come once only: ciphertexts, initialization vectors, and what RSA was done to.
 * @param {string[]} tokens
 */
function partsOf(tokens) {
  const parts = tokens.map((token) => token.split("."));
  const direct = parts.filter(([, , mode]) => mode === "s").map(([, , , ciphertext = ""]) => ciphertext);
  const envelopes = parts.filter(([, , mode]) => mode === "e").map(([, , , , wrapped = "", iv = "", ciphertext = "", tag = ""]) => ({ wrapped, iv, sealed: ciphertext + tag }));
  return { direct, wrapped: [...new Set(envelopes.map(({ wrapped }) => wrapped))], ivs: envelopes.map(({ iv }) => iv), sealed: envelopes.map(({ sealed }) => sealed) };
}

/** @param {string[]} things */
const differ = (things) => assert.equal(new Set(things).size, things.length);

/** The data key that RSA has wrapped. @param {string} wrapped */
const dataKey = (wrapped) => open(PRIVATE, Buffer.from(wrapped, "base64url")).toString("hex");

test("copies of an instance that has loaded its policy make no token, seed, data key or initialization vector twice", async () => {
  const instances = await instancesWith(policyWith(), COPIES);
  clone(instances);
  const tokens = instances.flatMap(({ seal }) => seal());
  const { direct, wrapped, ivs, sealed } = partsOf(tokens);
  assert.deepEqual([direct.length, wrapped.length, ivs.length], [2 * COPIES, COPIES, 2 * COPIES]);
  // A value under an equal seed would be an equal ciphertext.
  for (const things of [direct, wrapped, ivs, sealed, wrapped.map(dataKey)]) differ(things);
});

test("nor do copies of one that has served requests, nor one that is set back", async () => {
  const [first, ...others] = await instancesWith(policyWith(), COPIES);
  assert.ok(first !== undefined);
  const tokens = [...first.seal(), ...first.seal()];
  clone([first, ...others]);
  const before = new Uint8Array(first.memory.buffer).slice();
  tokens.push(...others.flatMap(({ seal }) => seal()), ...first.seal());
  new Uint8Array(first.memory.buffer).set(before);
  tokens.push(...first.seal());
  const { direct, wrapped, ivs, sealed } = partsOf(tokens);
  assert.equal(wrapped.length, COPIES + 3);
  for (const things of [direct, wrapped, ivs, sealed, wrapped.map(dataKey)]) differ(things);
});

test("a data key that may be kept is in each copy, which uses it for no more values than were left, and with vectors of its own", async () => {
  // Two values of a request are under it: three requests, of which the first comes before the copies are made.
  const [first, ...others] = await instancesWith(policyWith({ max_values: 6, max_age_seconds: 60 }), COPIES);
  assert.ok(first !== undefined);
  const before = first.seal();
  clone([first, ...others]);
  const [kept = ""] = partsOf(before).wrapped;
  const tokens = [...before];
  for (const { seal } of [first, ...others]) {
    const own = [...seal(), ...seal(), ...seal()];
    const under = own.filter((/** @type {string} */ token) => token.split(".")[4] === kept);
    assert.equal(under.length, 4, "what was left of it");
    tokens.push(...own);
  }
  const { direct, wrapped, ivs, sealed } = partsOf(tokens);
  assert.equal(wrapped.length, 1 + COPIES, "after that each has its own");
  for (const things of [direct, wrapped, ivs, sealed]) differ(things);
});
