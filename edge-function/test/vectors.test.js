// Every vector of test-vectors/ through the wasm module and, where it encrypts, through the handler too.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { decrypt } from "../src/decrypt.js";
import { withInstance as withScan } from "../src/decrypt/instance.js";
import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { atOrigin, body, event, headers } from "../support/event.js";
import { withInstance } from "../support/instance.js";
import { open, privateKey, publicPem } from "../support/keys.js";
import { withRandom } from "../support/random.js";
import { Encryptor } from "../wasm/edgeseal.js";
import { Scan } from "../wasm/edgeseal_decrypt.js";

const FOLDER = new URL("../../test-vectors/", import.meta.url);

/**
 * Encrypts, by any door: gives the body and the counts, or throws with a code.
 * @typedef {(policy: string, limit: number | undefined, body: Uint8Array, type: string | null) => Promise<Sealed>} Encrypt
 * @typedef {{ body: Uint8Array, report: any }} Sealed
 * @typedef {(group: any, test: any) => Promise<void>} Runner
 */

/** @type {Encrypt} */
async function byModule(policy, limit, content, type) {
  return withInstance(() => {
    const encryptor = new Encryptor(policy, limit);
    try {
      const { body, report } = encryptor.encrypt(content, type ?? "");
      return { body: body ?? content, report: JSON.parse(report) };
    } finally {
      encryptor.free();
    }
  });
}

/** @type {Encrypt} */
async function byHandler(policy, limit, content, type) {
  /** @type {any} */
  let entry;
  const options = { maxOutputBytes: limit, log: (/** @type {any} */ said) => void (entry = said) };
  /** @type {[string, string][]} */
  const types = type === null ? [] : [["Content-Type", type]];
  const given = event({ headers: headers(...types), body: body(content) });
  const result = await createOriginRequestHandler(policy, options)(given);
  if (entry.outcome === "refused") throw Object.assign(new Error(entry.code), entry);
  const { values, rules, keys } = entry;
  return { body: atOrigin(result), report: { values, rules, keys } };
}

/**
 * @param {Encrypt} encrypt
 * @returns {Runner}
 */
const encrypts = (encrypt) => async (group, test) => {
  const content = bytes(test, "body");
  // No request has an empty body: it passes before the policy is asked.
  if (encrypt === byHandler && content.length === 0) return;
  const sealed = await draws(test, () =>
    encrypt(JSON.stringify(group.policy), group.maxOutputBytes, content, test.contentType),
  );
  if (sealed === undefined) return;
  assert.deepEqual(Buffer.from(sealed.body), bytes(test, "output"));
  assert.deepEqual(sealed.report, test.report);
};

/** @type {Runner} */
async function seals(group, test) {
  const { contentType, method, path, query, headers } = test;
  const body = "body" in test || "bodyHex" in test ? bytes(test, "body") : undefined;
  const sealed = await draws(test, async () =>
    withInstance(() => {
      const encryptor = new Encryptor(JSON.stringify(group.policy), group.maxOutputBytes);
      try {
        return encryptor.encrypt(body, contentType, method, path, query, headers?.flat());
      } finally {
        encryptor.free();
      }
    }),
  );
  if (sealed === undefined) return;
  assert.deepEqual(JSON.parse(sealed.report), test.report);
  const output = "output" in test || "outputHex" in test ? bytes(test, "output") : undefined;
  same(sealed.body && Buffer.from(sealed.body), output, body);
  same(sealed.query, test.queryOutput, query);
  same(sealed.headers, test.headersOutput, headers?.map((/** @type {[string, string]} */ [, value]) => value));
}

/**
 * A part of a request, where `undefined` says that it stays.
 * @param {unknown} sealed
 * @param {unknown} output
 * @param {unknown} given
 */
function same(sealed, output, given) {
  assert.deepEqual(sealed ?? given, output);
  if (sealed !== undefined) assert.notDeepEqual(sealed, given, "what stays is not handed out again");
}

/**
 * Does the work with the random bytes of a vector: gives what came out, or nothing where it has to be refused, and was.
 * @template T
 * @param {any} test
 * @param {() => Promise<T>} work
 * @returns {Promise<T | undefined>}
 */
async function draws({ random, result, code }, work) {
  const stream = Buffer.from(random, "hex");
  let used = 0;
  const draw = (/** @type {Uint8Array} */ array) => {
    if (used + array.length > stream.length) throw new Error("the random bytes of the vector are used up");
    array.set(stream.subarray(used, (used += array.length)));
  };
  if (result === "invalid") {
    await assert.rejects(withRandom(draw, work), { code });
    return undefined;
  }
  const done = await withRandom(draw, work);
  assert.equal(used, stream.length, "random bytes are left");
  return done;
}

/** @type {Map<string, import("node:crypto").KeyObject>} */
const privateKeys = new Map();

/**
 * The private keys that the keyring of a group names.
 * @param {any} group
 * @returns {(ciphertext: import("../types/decrypt.d.ts").Ciphertext) => Uint8Array | "wrong-length" | "failed"}
 */
const asks =
  (group) =>
  ({ keyId, bytes }) => {
    const [, name] = /TEST-ONLY-(.*)\.private\.pem$/.exec(group.keyring.keys[keyId].private_key_file) ?? [];
    assert.ok(name);
    const key = privateKeys.get(name) ?? privateKey(name);
    privateKeys.set(name, key);
    if (bytes.length * 8 !== key.asymmetricKeyDetails?.modulusLength) return "wrong-length";
    try {
      return new Uint8Array(open(key, bytes));
    } catch {
      return "failed";
    }
  };

/** @type {Runner} */
async function decrypts(group, { result, code, report, ...test }) {
  const ask = asks(group);
  const given = "text" in test || "textHex" in test ? bytes(test, "text") : bytes(test, "input");
  const keyring = JSON.stringify(group.keyring);
  const work = decrypt(given, { format: test.format ?? "text", keyring, context: group.requiredContext, ask });
  // The module reads no CSV: that is for jobs over tables, not for the edge.
  if (test.format?.startsWith("csv")) return assert.rejects(work, TypeError);
  if (report === undefined) {
    assert.equal(result, "invalid");
    return assert.rejects(work, { code });
  }
  const opened = await work;
  assert.deepEqual(Buffer.from(opened.body), bytes(test, "output"));
  for (const kept of opened.report.kept) delete kept.key;
  assert.deepEqual(opened.report, report);
}

/**
 * Who moves tokens is not at the edge; but what they moved is read there.
 * @type {Runner}
 */
async function readsMoved(group, { result, format, input, output, decrypted }) {
  const keyring = JSON.stringify(group.keyring);
  // What is refused stays as it was.
  for (const text of result === "valid" ? [input, output] : []) {
    const work = decrypt(Buffer.from(text), { format, keyring, ask: asks(group) });
    if (format.startsWith("csv")) await assert.rejects(work, TypeError);
    else assert.deepEqual(Buffer.from((await work).body), Buffer.from(decrypted));
  }
}

/**
 * @param {<T>(work: () => T) => T} within
 * @param {(document: string) => { free(): void }} load
 * @returns {Runner}
 */
const loads = (within, load) => async (_group, { document, padToBytes = 0, documentHex, result, code, pointer }) => {
  if (documentHex !== undefined) {
    // What is not UTF-8 is no text, and JavaScript has to hand over text: whoever decodes strictly fails before.
    assert.equal(code, "config_not_json");
    assert.throws(() => new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(documentHex, "hex")), TypeError);
    return;
  }
  const padding = " ".repeat(Math.max(0, padToBytes - Buffer.byteLength(document)));
  const work = () => within(() => load(document + padding).free());
  if (result === "valid") work();
  else assert.throws(work, { name: "EdgeSealError", code, pointer });
};

/** @type {Runner} */
async function matches(_group, { path, document, match, result, code, protected: pointers }) {
  const policy = JSON.stringify({
    version: 1,
    keys: { k: { public_key: publicPem("rsa2048-a") } },
    fields: [{ name: "x", path, key: "k", encrypt_null: true, match: match ?? "exact" }],
  });
  const work = byModule(policy, undefined, Buffer.from(document ?? "0"), "application/json");
  if (result === "invalid") return assert.rejects(work, { code, pointer: "/fields/0/path" });
  const { body, report } = await work;
  assert.equal(report.values, pointers.length);
  const [before, after] = [JSON.parse(document), JSON.parse(Buffer.from(body).toString())];
  const places = new Set(pointers);
  compare(before, after, "");
  assert.equal(places.size, 0, `not encrypted: ${[...places]}`);

  /** @param {any} a @param {any} b @param {string} pointer */
  function compare(a, b, pointer) {
    if (places.delete(pointer)) return assert.match(b, /^__es1\.k\.[sve]\..*\.__$/);
    if (typeof a !== "object" || a === null) return assert.equal(b, a, pointer);
    assert.deepEqual(Object.keys(b), Object.keys(a));
    for (const name of Object.keys(a)) {
      compare(a[name], b[name], `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`);
    }
  }
}

/** @type {Record<string, Record<string, Runner>>} */
const RUNNERS = {
  "decrypt_test.json": { wasm: decrypts },
  "encrypt_test.json": { wasm: encrypts(byModule), handler: encrypts(byHandler) },
  "field_path_test.json": { wasm: matches },
  "keyring_test.json": { wasm: loads(withScan, (text) => new Scan(new Uint8Array(), "text", text)) },
  "policy_test.json": { wasm: loads(withInstance, (text) => new Encryptor(text)) },
  "request_test.json": { wasm: seals },
  "rewrap_test.json": { wasm: readsMoved },
  "token_test.json": { wasm: decrypts },
};

const files = readdirSync(FOLDER).filter((name) => name.endsWith("_test.json"));

test("every file of vectors has a runner, and every runner a file", () => {
  assert.deepEqual(files.sort(), Object.keys(RUNNERS).sort());
});

for (const file of files) {
  const vectors = JSON.parse(readFileSync(new URL(file, FOLDER), "utf8"));
  for (const [door, run] of Object.entries(RUNNERS[file] ?? {})) {
    test(`${file} by ${door}: ${vectors.numberOfTests} tests`, async () => {
      let count = 0;
      /** @type {string[]} */
      const failures = [];
      for (const group of vectors.testGroups) {
        for (const one of group.tests) {
          count += 1;
          await run(group, one).catch((error) => failures.push(`tcId ${one.tcId}: ${one.comment}: ${error.message}`));
        }
      }
      assert.deepEqual(failures, []);
      assert.equal(count, vectors.numberOfTests);
      assert.ok(count > 20);
    });
  }
}

/**
 * A member that is text, or bytes when `Hex` is added to its name.
 * @param {any} test
 * @param {string} member
 */
function bytes(test, member) {
  const text = test[member];
  return text === undefined ? Buffer.from(test[`${member}Hex`], "hex") : Buffer.from(text);
}
