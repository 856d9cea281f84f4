// Decryption for JavaScript backends.

import assert from "node:assert/strict";
import { test } from "node:test";

import { decrypt } from "../src/decrypt.js";
import { withInstance as withScan } from "../src/decrypt/instance.js";
import { withInstance } from "../support/instance.js";
import { ask, KEYRING, POLICY, policyOf } from "../support/policy.js";
import { Encryptor } from "../wasm/edgeseal.js";
import { Scan } from "../wasm/edgeseal_decrypt.js";

const text = (/** @type {Uint8Array} */ bytes) => Buffer.from(bytes).toString();
const options = { format: /** @type {const} */ ("json"), keyring: KEYRING, ask };
const BODY = '[{"ssn":"078-05-1120"},{"email":"a@example.org"},{"email":"b@example.org"}]';

/** @param {string} content */
function sealed(content) {
  return withInstance(() => {
    const encryptor = new Encryptor(POLICY);
    const { body } = encryptor.encrypt(Buffer.from(content), "application/json");
    encryptor.free();
    assert.ok(body);
    return body;
  });
}

test("each distinct ciphertext is asked for once", async () => {
  const one = sealed(BODY);
  const twice = Buffer.from(`[${text(one)},${text(one)}]`);
  let asked = 0;
  const { body, report } = await decrypt(twice, { ...options, ask: async (ciphertext) => ((asked += 1), ask(ciphertext)) });
  assert.equal(text(body), `[${BODY},${BODY}]`);
  assert.deepEqual(report, { found: 6, decrypted: 6, kept: [] });
  assert.equal(asked, 2);
});

test("denied tokens, and those of another length, stay", async () => {
  const given = sealed(BODY);
  for (const [answer, code] of /** @type {const} */ ([["denied", "access_denied"], ["wrong-length", "token_damaged"]])) {
    const { body, report } = await decrypt(given, {
      ...options,
      ask: (ciphertext) => (ciphertext.keyId === "pii-1" ? answer : ask(ciphertext)),
    });
    assert.match(text(body), /"ssn":"__es1\.pii-1\.s\..{342}\.__"},{"email":"a@example\.org"}/);
    assert.deepEqual(report.kept, [{ offset: 9, code, key: "pii-1" }]);
  }
});

test("any other failure gives no output", async () => {
  const given = sealed(BODY);
  const wrong = new Uint8Array(32);
  /** @type {[import("../types/decrypt.d.ts").Answer, string][]} */
  const answers = [["failed", "decryption_failed"], ["unavailable", "key_unavailable"], [wrong, "decryption_failed"]];
  for (const [answer, code] of answers) {
    const work = decrypt(given, { ...options, ask: ({ keyId, bytes }) => (keyId === "pii-1" ? ask({ keyId, bytes }) : answer) });
    await assert.rejects(work, { name: "EdgeSealError", code });
  }
  await assert.rejects(decrypt(given, { ...options, ask: () => Promise.reject(new RangeError("kms")) }), RangeError);
});

test("a form gets plaintext back as a form", async () => {
  const policy = policyOf([{ path: "$.ssn" }], { content_types: { "application/x-www-form-urlencoded": "form" } });
  const content = Buffer.from("a=%20b&ssn=a+b%26c%C3%A9&c");
  const { body: form } = withInstance(() => new Encryptor(policy).encrypt(content, "application/x-www-form-urlencoded"));
  assert.ok(form);
  assert.match(text(form), /^a=%20b&ssn=__es1\.[^&]*&c$/);
  const { body } = await decrypt(form, { ...options, format: "form" });
  assert.deepEqual([...new URLSearchParams(text(body))], [["a", " b"], ["ssn", "a b&cé"], ["c", ""]]);
});

test("what is asked for and given is checked", async () => {
  const given = sealed(BODY);
  await assert.rejects(decrypt(given, { ...options, ask: () => /** @type {any} */ ("yes") }), TypeError);
  await assert.rejects(decrypt(given, { ...options, format: /** @type {any} */ ("xml") }), TypeError);
  await assert.rejects(decrypt(given, { ...options, keyring: "{}" }), { code: "config_member_missing", pointer: "/version" });
  await assert.rejects(decrypt(Buffer.from("{"), options), { name: "EdgeSealError", code: "json_invalid" });
});

test("a text that changes while the keys are asked is decrypted as it was", async () => {
  const given = sealed(BODY);
  const { body } = await decrypt(given, {
    ...options,
    ask: async (ciphertext) => {
      given.fill(0x20);
      return ask(ciphertext);
    },
  });
  assert.equal(text(body), BODY);
});

test("a scan of an instance that was thrown away says so", () => {
  const scan = withScan(() => new Scan(sealed(BODY), "json", KEYRING));
  assert.throws(() => withScan(() => { throw new Error("as after a trap"); }));
  withScan(() => {});
  assert.throws(() => scan.ciphertexts(), /stale/);
});
