// Bodies and policies: lists of people with six fields, which are the protected ones of the AWS post "How to protect sensitive data for its entire
// lifecycle in AWS".

import { FIELDS } from "./peers/fields.js";
import { publicPem } from "../support/keys.js";

export { FIELDS };

/** @param {number} i */
function person(i) {
  return {
    fname: `Ada${i}`,
    lname: "Lovelace",
    email: `ada${i}@example.org`,
    ssn: `078-05-${1000 + (i % 9000)}`,
    dob: "1815-12-10",
    phone: `+44 20 7946 ${1000 + (i % 9000)}`,
  };
}

/** A JSON text. @param {number} count */
export function people(count) {
  return JSON.stringify(Array.from({ length: count }, (_, i) => person(i)));
}

/** The same with values of so many characters. @param {number} count @param {number} length */
export function longPeople(count, length) {
  const value = "The quick brown fox jumps over the lazy dog. ".repeat(Math.ceil(length / 45)).slice(0, length);
  return JSON.stringify(Array.from({ length: count }, () => Object.fromEntries(FIELDS.map((name) => [name, value]))));
}

/**
 * Records of about 200 bytes, so many of them with an `ssn`, spread over the text.
 * @param {number} bytes at most
 * @param {number} values
 */
export function records(bytes, values) {
  const record = (/** @type {number} */ i, /** @type {boolean} */ isProtected) =>
    `{"id":${i},"${isProtected ? "ssn" : "ref"}":"078-05-1120","name":"Ada \\"Countess\\" Lovelace","tags":["a","bc",1.5e3,true,null],` +
    `"address":{"street":"12 St James's Square","city":"London","zip":"SW1Y 4JH"},"note":"no claims"}`;
  const count = Math.max(1, Math.floor((bytes - 2) / (record(10_000, false).length + 1)));
  const every = values === 0 ? Infinity : Math.max(1, Math.floor(count / values));
  return `[${Array.from({ length: count }, (_, i) => record(i, i % every === 0 && i / every < values)).join(",")}]`;
}

/**
 * A rule for each of the six fields.
 * @param {"direct" | "envelope"} mode
 * @param {string} key a name of test-vectors/keys
 * @param {Record<string, unknown>} [members] of the key in the policy
 */
export function policyFor(mode, key, members = {}) {
  const fields = FIELDS.map((name) => ({ name, path: `$[*].${name}`, key: "pii", mode }));
  return JSON.stringify({ version: 1, keys: { pii: { public_key: publicPem(key), ...members } }, fields });
}

export function directPolicy() {
  return policyFor("direct", "rsa2048-a");
}
