// The body of an event, and its bytes.

import { refusal } from "../core/refusal.js";

/**
 * @typedef {import("../../types/cloudfront.d.ts").CloudFrontRequest} CloudFrontRequest
 * @typedef {import("../../types/cloudfront.d.ts").CloudFrontBody} Body
 */

/**
 * The bytes of a body, or why there are none.
 * @param {Body | undefined} body
 * @returns {Pick<import("../core/request.js").Request, "body" | "lack">}
 */
export function readBody(body) {
  // CloudFront shows no body without Include Body, and cuts what is longer than its limit.
  if (body === undefined) return { body: undefined, lack: "hidden" };
  if (body.inputTruncated) return { body: undefined, lack: "cut" };
  return { body: decode(body) };
}

/**
 * Buffer is lenient, so what it decoded must encode to the same text again: then base64 was canonical (RFC 4648, section 4), and
 * text had no lone surrogates.
 * @param {Body} body
 * @returns {Buffer}
 */
function decode({ data, encoding }) {
  const coding = encoding === "base64" ? "base64" : "utf8";
  const bytes = Buffer.from(data, coding);
  if (bytes.toString(coding) === data) return bytes;
  bytes.fill(0);
  throw refusal("body_not_base64");
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
