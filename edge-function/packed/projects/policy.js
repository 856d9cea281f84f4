// A policy with a key pair of its own, and what its tokens hold: RSA by Node.js.

import { constants, generateKeyPairSync, privateDecrypt } from "node:crypto";

export const SSN = "078-05-1120";

const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

export const policy = JSON.stringify({
  version: 1,
  keys: { "pii-1": { public_key: publicKey.export({ type: "spki", format: "pem" }) } },
  fields: [
    { name: "body", path: "$..ssn", key: "pii-1" },
    { name: "query", query: "ssn", key: "pii-1" },
    { name: "header", header: "x-ssn", key: "pii-1" },
  ],
  content_types: {
    "application/json": "json",
    "application/x-www-form-urlencoded": "form",
    "multipart/form-data": "multipart",
    "application/octet-stream": "pass",
  },
});

export const keyring = JSON.stringify({ version: 1, keys: { "pii-1": { private_key_file: "pii-1.pem" } } });

/** RSAES-OAEP-SHA-256, as a KMS does it. @param {Uint8Array} ciphertext */
export function decryptRsa(ciphertext) {
  return privateDecrypt({ key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" }, ciphertext);
}

/** What was encrypted, if the text is one token. @param {unknown} text */
export function opened(text) {
  const [, ciphertext = ""] = /^__es1\.pii-1\.s\.([\w-]+)\.__$/.exec(String(text)) ?? [];
  return ciphertext === "" ? undefined : decryptRsa(Buffer.from(ciphertext, "base64url")).toString();
}
