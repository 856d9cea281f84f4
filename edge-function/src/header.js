// Headers that say what a body is.

import { refusal } from "./refusal.js";

/** @typedef {import("../types/cloudfront.d.ts").CloudFrontHeaders} Headers */

/**
 * Digests of the body (RFC 1864, RFC 3230, RFC 9530). They do not fit a body that was changed, and a digest of the plaintext
 * tells something about it.
 */
const DIGESTS = new Set(["content-digest", "content-md5", "digest", "repr-digest"]);

/**
 * The content type: exactly one.
 * @param {Headers} headers
 */
export function readContentType(headers) {
  const [value, ...more] = valuesOf(headers, "content-type");
  if (value === undefined || more.length > 0) throw refusal("content_type_unsupported");
  return value;
}

/**
 * Refuses every content coding: what is compressed cannot be looked at.
 * @param {Headers} headers
 */
export function refuseContentEncoding(headers) {
  const codings = valuesOf(headers, "content-encoding").flatMap((value) => value.split(","));
  if (codings.some((coding) => coding.trim().toLowerCase() !== "identity")) {
    throw refusal("content_encoding_unsupported");
  }
}

/**
 * The headers that go with a changed body. Content-Length and Transfer-Encoding are CloudFront's: a function must not touch them.
 * @param {Headers} headers
 * @returns {Headers}
 */
export function withoutDigests(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !DIGESTS.has(name.toLowerCase())));
}

/**
 * CloudFront writes names in lower case. One that is not must still not hide a header.
 * @param {Headers} headers
 * @param {string} name
 */
function valuesOf(headers, name) {
  return Object.entries(headers).flatMap(([key, values]) =>
    key.toLowerCase() === name ? values.map(({ value }) => value) : [],
  );
}
