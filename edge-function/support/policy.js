// A policy and its keyring for tests: one direct rule, one with envelopes, one with classic tags.

import { open, privateKey, publicPem } from "./keys.js";

const KEYS = { "pii-1": "rsa2048-a", "contact-1": "rsa2048-b", "blog-1": "rsa3072" };

const TAGS = { prefix: "#blog:", suffix: ":#" };

export const POLICY = JSON.stringify({
  version: 1,
  keys: {
    "pii-1": { public_key: publicPem(KEYS["pii-1"]) },
    "contact-1": { public_key: publicPem(KEYS["contact-1"]) },
    "blog-1": { public_key: publicPem(KEYS["blog-1"]), ...TAGS },
  },
  fields: [
    { name: "ssn", path: "$..ssn", key: "pii-1" },
    { name: "email", path: "$..email", key: "contact-1", mode: "envelope" },
    { name: "nick", path: "$..nick", key: "blog-1" },
  ],
});

export const KEYRING = JSON.stringify({
  version: 1,
  keys: {
    "pii-1": { private_key_file: "pii-1.pem" },
    "contact-1": { private_key_file: "contact-1.pem" },
    "blog-1": { private_key_file: "blog-1.pem", ...TAGS },
  },
});

/** @type {Map<string, import("node:crypto").KeyObject>} */
const privateKeys = new Map(Object.entries(KEYS).map(([keyId, name]) => [keyId, privateKey(name)]));

/**
 * Stands in for KMS.
 * @param {{ keyId: string, bytes: Uint8Array }} ciphertext
 */
export function ask({ keyId, bytes }) {
  const key = privateKeys.get(keyId);
  if (key === undefined) throw new Error("the keyring has no such key");
  return new Uint8Array(open(key, bytes));
}

/**
 * A policy with these rules, all under one key.
 * @param {Record<string, unknown>[]} fields
 * @param {Record<string, unknown>} [members]
 */
export function policyOf(fields, members) {
  const rules = fields.map((rule, i) => ({ name: `rule-${i}`, key: "pii-1", ...rule }));
  return JSON.stringify({ version: 1, keys: { "pii-1": { public_key: publicPem(KEYS["pii-1"]) } }, fields: rules, ...members });
}
