// An edge with a key pair of its own: the package's wasm module, and RSA by Node.js to look into what it wrote.

import { constants, generateKeyPairSync, privateDecrypt } from "node:crypto";

import { withInstance } from "../../support/instance.js";
import { Encryptor } from "../../wasm/edgeseal.js";

export const FORM = "application/x-www-form-urlencoded";

const CONTENT_TYPES = { [FORM]: "form", "multipart/form-data": "multipart", "application/json": "json" };
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const TOKEN = /("?)__es1\.k\.([sv])\.([\w-]{342})\.__\1/g;
/** A text that is all token; JSON may have blanks around it. */
const WHOLE = new RegExp(`^\\s*${TOKEN.source}\\s*$`);

/**
 * The sealed bytes, or undefined if they are refused.
 * @typedef {(bytes: Buffer, contentType: string) => Buffer | undefined} Edge
 */

/** An edge for bodies. @param {Record<string, unknown>} rule @returns {Edge} */
export function createEdge(rule) {
  return sealing(rule, (encryptor, body, contentType) => encryptor.encrypt(body, contentType).body ?? body);
}

/** An edge for query strings. @param {Record<string, unknown>} rule @returns {Edge} */
export function createQueryEdge(rule) {
  return sealing(rule, (encryptor, query) => {
    const text = query.toString();
    return Buffer.from(encryptor.encrypt(undefined, undefined, "GET", "/", text).query ?? text);
  });
}

/**
 * @param {Record<string, unknown>} rule
 * @param {(encryptor: Encryptor, bytes: Buffer, contentType: string) => Uint8Array} encrypt
 * @returns {Edge}
 */
function sealing(rule, encrypt) {
  const policy = JSON.stringify({
    version: 1,
    keys: { k: { public_key: publicKey.export({ type: "spki", format: "pem" }) } },
    fields: [{ name: "rule", key: "k", ...rule }],
    content_types: CONTENT_TYPES,
  });
  return (bytes, contentType) => withInstance(() => {
    const encryptor = new Encryptor(policy);
    try {
      return Buffer.from(encrypt(encryptor, bytes, contentType));
    } catch (error) {
      if (/** @type {any} */ (error).name !== "EdgeSealError") throw error;
      return undefined;
    } finally {
      encryptor.free();
    }
  });
}

/** @param {string} text */
export function isSealed(text) {
  return WHOLE.test(text);
}

/** @type {Map<string, string>} */
const opened = new Map();

/**
 * A text with what was encrypted in the places of its tokens.
 * @param {string} text
 */
export function open(text) {
  return text.replace(TOKEN, (_, quote, kind, ciphertext) => {
    const plain = opened.get(ciphertext) ?? decrypt(ciphertext);
    opened.set(ciphertext, plain);
    // A string in JSON is written as short as it can be.
    return quote === "" ? plain : kind === "s" ? JSON.stringify(plain) : plain;
  });
}

/** @param {string} ciphertext */
function decrypt(ciphertext) {
  const key = { key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
  return privateDecrypt(key, Buffer.from(ciphertext, "base64url")).toString();
}
