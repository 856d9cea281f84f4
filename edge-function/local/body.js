// The body of a function's result.

import { isObject } from "./headers.js";
import { MAX_BASE64_CHARACTERS, MAX_TEXT_BYTES } from "./limits.js";
import { invalid } from "./refusal.js";

/**
 * The body for the origin: the one that came, whole, unless the function replaces it; then as much of the new one as CloudFront keeps.
 * @param {unknown} body
 * @param {Buffer} content the body that came
 * @returns {{ content: Buffer, cut: number }} `cut`: bytes that are lost
 */
export function replaced(body, content) {
  if (body === undefined) return { content, cut: 0 };
  if (!isObject(body)) throw invalid("`body` is no object");
  const { action = "read-only", encoding = "base64", data } = body;
  if (action === "read-only") return { content, cut: 0 };
  if (action !== "replace") throw invalid("`body.action` is neither read-only nor replace");
  if (typeof data !== "string") throw invalid("`body.data` is no text");
  if (encoding === "text") {
    const bytes = Buffer.from(data);
    return cutTo(bytes, MAX_TEXT_BYTES);
  }
  if (encoding !== "base64") throw invalid("`body.encoding` is neither text nor base64");
  return cutTo(decodeBase64(data), (MAX_BASE64_CHARACTERS / 4) * 3);
}

/**
 * @param {Buffer} bytes
 * @param {number} limit
 */
function cutTo(bytes, limit) {
  return { content: bytes.subarray(0, limit), cut: Math.max(0, bytes.length - limit) };
}

/**
 * Strict (RFC 4648, section 4), though nobody says how strict CloudFront is.
 * @param {string} data
 */
export function decodeBase64(data) {
  const bytes = Buffer.from(data, "base64");
  if (bytes.toString("base64") !== data) throw invalid("a body is not base64");
  return bytes;
}
