// What the AWS post "How to protect sensitive data for its entire lifecycle in AWS" does, in Node.js: the body is decoded and parsed, each of six
// fields of each person is encrypted by RSAES-OAEP-SHA-256 and put between tags, and all of it is written anew. The key is loaded once.

import { constants, createPublicKey, publicEncrypt } from "node:crypto";

import { FIELDS } from "./fields.js";

export const PREFIX = "#01#";
export const SUFFIX = "#10#";

/**
 * @param {string} pem
 * @returns {(value: string) => string}
 */
export function postEncryption(pem) {
  const key = { key: createPublicKey(pem), padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
  return (value) => PREFIX + publicEncrypt(key, Buffer.from(value, "utf8")).toString("base64") + SUFFIX;
}

/**
 * A handler around the encryption of one value.
 * @param {(value: string) => string | Promise<string>} encrypt
 */
export function handlerAround(encrypt) {
  return async (/** @type {any} */ event) => {
    const { request } = event.Records[0].cf;
    const people = JSON.parse(Buffer.from(request.body.data, "base64").toString("utf8"));
    for (const person of people) {
      for (const field of FIELDS) {
        if (!(field in person)) continue;
        const encrypted = encrypt(person[field]);
        // Nobody waits for what is there already.
        person[field] = typeof encrypted === "string" ? encrypted : await encrypted;
      }
    }
    request.body.action = "replace";
    request.body.encoding = "text";
    request.body.data = JSON.stringify(people);
    return request;
  };
}
