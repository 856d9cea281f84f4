// The TEST-ONLY keys of the vectors, and RSA decryption by Node.js: none of our code.

import { constants, createPrivateKey, privateDecrypt } from "node:crypto";
import { readFileSync } from "node:fs";

const FOLDER = new URL("../../test-vectors/keys/", import.meta.url);

/** @param {string} name for example `rsa2048-a` */
export function publicPem(name) {
  return readFileSync(new URL(`${name}.public.pem`, FOLDER), "utf8");
}

/** @param {string} name */
export function privateKey(name) {
  return createPrivateKey(readFileSync(new URL(`TEST-ONLY-${name}.private.pem`, FOLDER)));
}

/**
 * RSAES-OAEP-SHA-256 with an empty label, as AWS KMS does it.
 * @param {import("node:crypto").KeyObject} key
 * @param {Uint8Array} ciphertext
 */
export function open(key, ciphertext) {
  return privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" }, ciphertext);
}
