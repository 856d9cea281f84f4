// The body of a request: whether there is one to look at, and its bytes.

import { refusal } from "./refusal.js";

/** @typedef {import("../types/cloudfront.d.ts").CloudFrontRequest} Request */
/** @typedef {import("../types/cloudfront.d.ts").CloudFrontBody} Body */

/** Methods whose requests carry a body; CloudFront shows it to the function only with Include Body. */
const WRITE_METHODS = new Set(["DELETE", "PATCH", "POST", "PUT"]);
/** Methods whose requests carry none. CloudFront forwards no method but these seven. */
const READ_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * The body to look at; `undefined` if the request has none and passes.
 * @param {Request} request
 * @returns {Body | undefined}
 */
export function presentBody({ method, body }) {
  const writes = WRITE_METHODS.has(method);
  if (!writes && !READ_METHODS.has(method)) throw refusal("event_invalid");
  if (body === undefined) {
    // Without Include Body the origin would get what nobody has looked at.
    if (writes) throw refusal("body_missing");
    return undefined;
  }
  if (body.inputTruncated) throw refusal("body_truncated");
  if (body.data === "") return undefined;
  if (!writes) throw refusal("body_unexpected");
  return body;
}

/**
 * The bytes of a body. Buffer is lenient, so what it decoded must encode to the same text again: then base64 was canonical
 * (RFC 4648, section 4), and text had no lone surrogates.
 * @param {Body} body
 * @returns {Buffer}
 */
export function decodeBody({ data, encoding }) {
  const coding = encoding === "base64" ? "base64" : "utf8";
  const bytes = Buffer.from(data, coding);
  if (bytes.toString(coding) !== data) throw refusal("body_not_base64");
  return bytes;
}

/**
 * A body that replaces the one that came.
 * @param {Uint8Array} bytes
 * @returns {Body}
 */
export function replacement(bytes) {
  const { buffer, byteOffset, byteLength } = bytes;
  return {
    action: "replace",
    encoding: "base64",
    data: Buffer.from(buffer, byteOffset, byteLength).toString("base64"),
    inputTruncated: false,
  };
}
