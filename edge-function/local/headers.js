// Headers of an event, and what CloudFront lets a function do with them ("Restrictions on all edge functions").

import { validateHeaderName, validateHeaderValue } from "node:http";

import { invalid } from "./refusal.js";

/** @typedef {import("../types/cloudfront.d.ts").CloudFrontHeaders} Headers */

/** Not shown to a function, and not to be added by one. */
const DISALLOWED = new RegExp(
  `^(${[
    "connection|expect|keep-alive|proxy-.*|trailer|upgrade|x-accel-.*|x-amz-cf-.*|x-cache.*|x-edge-.*|x-forwarded-proto|x-real-ip",
    "x-amzn-(auth|cf-billing|cf-id|cf-xff|errortype|fle-profile|header-count|header-order|lambda-integration-tag|requestid)",
  ].join("|")})$`,
);
/** Removed before a function sees them, though it may add them. */
const REMOVED = new Set(["te", "x-http-method-override"]);
/** For origin-request functions to read only. */
const READ_ONLY = [
  "accept-encoding",
  "content-length",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "transfer-encoding",
  "via",
];

/**
 * What a function sees of a request's headers.
 * @param {string[]} raw names and values by turns
 * @returns {Headers}
 */
export function visible(raw) {
  return Object.fromEntries(Object.entries(grouped(raw)).filter(([name]) => !DISALLOWED.test(name) && !REMOVED.has(name)));
}

/**
 * @param {string[]} raw names and values by turns
 * @returns {Headers}
 */
export function grouped(raw) {
  /** @type {Map<string, import("../types/cloudfront.d.ts").CloudFrontHeader[]>} */
  const headers = new Map();
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const [key = "", value = ""] = raw.slice(i, i + 2);
    const name = key.toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), { key, value }]);
  }
  return Object.fromEntries(headers);
}

/**
 * Names and values by turns, as they go on the wire. A name that nobody gave is written as CloudFront writes it.
 * @param {Headers} headers
 * @returns {string[]}
 */
export function flat(headers) {
  return Object.entries(headers).flatMap(([name, values]) =>
    values.flatMap(({ key = name.replace(/(^|-)[a-z]/g, (initial) => initial.toUpperCase()), value }) => [key, value]),
  );
}

/**
 * The headers of a function's result, if CloudFront takes them.
 * @param {unknown} headers
 * @param {Headers} before those that the function was given
 * @returns {Headers}
 */
export function checked(headers, before) {
  if (!isObject(headers)) throw invalid("`headers` is no object");
  for (const [name, values] of Object.entries(headers)) checkShape(name, values);
  const after = /** @type {Headers} */ (headers);
  for (const name of READ_ONLY) {
    if (JSON.stringify(valuesOf(before, name)) !== JSON.stringify(valuesOf(after, name))) {
      throw invalid(`the header ${name} is read-only, and was changed`);
    }
  }
  return after;
}

/**
 * @param {string} name
 * @param {unknown} values
 */
function checkShape(name, values) {
  if (name !== name.toLowerCase()) throw invalid("the name of a member of `headers` is not in lower case");
  if (DISALLOWED.test(name)) throw invalid(`the header ${name} is not allowed`);
  if (!Array.isArray(values)) throw invalid(`the header ${name} is no array`);
  for (const one of values) {
    if (!isObject(one) || typeof one.value !== "string") throw invalid(`the header ${name} has an element without a text \`value\``);
    if (one.key !== undefined && (typeof one.key !== "string" || one.key.toLowerCase() !== name)) {
      throw invalid(`the header ${name} has an element with another \`key\``);
    }
    checkText(name, one.value);
  }
}

/**
 * @param {string} name
 * @param {string} value
 */
function checkText(name, value) {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    throw invalid("a header has a character that HTTP does not allow");
  }
}

/**
 * @param {Headers} headers
 * @param {string} name
 */
function valuesOf(headers, name) {
  return (headers[name] ?? []).map(({ value }) => value);
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
