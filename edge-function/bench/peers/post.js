// What the AWS post "How to protect sensitive data for its entire lifecycle in AWS" does, in Node.js: the body is decoded and parsed, each of six
// fields of each person is encrypted by RSAES-OAEP-SHA-256 and put between tags, and all of it is written anew. The key is loaded once.

import { constants, createPublicKey, publicEncrypt } from "node:crypto";

import { FIELDS } from "./fields.js";

export const PREFIX = "#01#";
export const SUFFIX = "#10#";

/** @typedef {Record<string, any>} Person */

/**
 * @param {string} pem
 * @returns {(value: string) => string}
 */
export function postEncryption(pem) {
  const key = { key: createPublicKey(pem), padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
  return (value) => PREFIX + publicEncrypt(key, Buffer.from(value, "utf8")).toString("base64") + SUFFIX;
}

/**
 * Protects a person field by field, at once.
 * @param {(value: string) => string} encrypt
 */
export function eachField(encrypt) {
  return (/** @type {Person} */ person) => {
    for (const field of FIELDS) {
      if (field in person) person[field] = encrypt(person[field]);
    }
  };
}

/**
 * The same, one field after the other.
 * @param {(value: string) => Promise<string>} encrypt
 */
export function eachFieldInTime(encrypt) {
  return async (/** @type {Person} */ person) => {
    for (const field of FIELDS) {
      if (field in person) person[field] = await encrypt(person[field]);
    }
  };
}

/**
 * A handler around the protection of one person.
 * @param {(person: Person) => void | Promise<void>} protect
 */
export function handlerAround(protect) {
  return async (/** @type {any} */ event) => {
    const { request } = event.Records[0].cf;
    const people = JSON.parse(Buffer.from(request.body.data, "base64").toString("utf8"));
    for (const person of people) {
      const protecting = protect(person);
      if (protecting !== undefined) await protecting;
    }
    request.body.action = "replace";
    request.body.encoding = "text";
    request.body.data = JSON.stringify(people);
    return request;
  };
}
