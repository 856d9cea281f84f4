// What a function gives back: a request for the origin, or a response of its own, after CloudFront's validation.

import { decodeBase64, replaced } from "./body.js";
import { headBytes } from "./event.js";
import { checked, flat, isObject } from "./headers.js";
import { MAX_HEAD_BYTES, MAX_RESPONSE_BYTES, MAX_URL_BYTES } from "./limits.js";
import { invalid } from "./refusal.js";

/**
 * @typedef {import("../types/cloudfront.d.ts").CloudFrontRequest} CloudFrontRequest
 *
 * @typedef {object} Forwarded
 * @property {string} url path and query string
 * @property {string[]} headers names and values by turns
 * @property {Buffer} content
 * @property {number} cut bytes of the body that are lost
 *
 * @typedef {object} Generated
 * @property {number} status
 * @property {string} description
 * @property {string[]} headers
 * @property {Buffer} content
 */

/**
 * @param {unknown} result
 * @returns {result is Record<string, unknown>}
 */
export function isGenerated(result) {
  return isObject(result) && "status" in result;
}

/**
 * The request that goes to the origin.
 * @param {unknown} result
 * @param {CloudFrontRequest} before the request that the function was given
 * @param {Buffer} content the body that came, whole
 * @returns {Forwarded}
 */
export function forwarded(result, before, content) {
  if (!isObject(result)) throw invalid("it is neither a request nor a response");
  const { method, clientIp, uri, querystring = "", origin, body } = result;
  if (method !== before.method) throw invalid("`method` is read-only, and was changed");
  if (clientIp !== before.clientIp) throw invalid("`clientIp` is read-only, and was changed");
  // CloudFront would follow it to another origin.
  if (JSON.stringify(origin) !== JSON.stringify(before.origin)) throw invalid("`origin` was changed, which is not supported here");
  const headers = flat(checked(result.headers, before.headers));
  const url = urlOf(uri, querystring);
  // Nobody says that the limit holds here too; a head that the function made no longer is no matter of its.
  const bytes = headBytes(method, url, headers);
  if (bytes > MAX_HEAD_BYTES && bytes > headBytes(method, joined(before.uri, before.querystring), flat(before.headers))) {
    throw invalid(`the request without its body is longer than ${MAX_HEAD_BYTES} bytes`);
  }
  return { url, headers, ...replaced(body, content) };
}

/**
 * @param {unknown} uri
 * @param {unknown} querystring
 */
function urlOf(uri, querystring) {
  if (typeof uri !== "string" || !uri.startsWith("/")) throw invalid("`uri` does not begin with `/`");
  if (typeof querystring !== "string") throw invalid("`querystring` is no text");
  const url = joined(uri, querystring);
  // CloudFront asks for UTF-8 here, and recommends percent-encoding; only that can be put into a request line.
  if (!/^[\x21\x22\x24-\x7e]*$/.test(url)) throw invalid("`uri` or `querystring` has a character that needs percent-encoding");
  if (url.length >= MAX_URL_BYTES) throw invalid(`\`uri\` and \`querystring\` are not shorter than ${MAX_URL_BYTES} characters`);
  return url;
}

/**
 * @param {string} [uri]
 * @param {string} [querystring]
 */
function joined(uri = "", querystring = "") {
  return querystring === "" ? uri : `${uri}?${querystring}`;
}

/**
 * The response that goes to the viewer.
 * @param {Record<string, unknown>} result
 * @returns {Generated}
 */
export function generated({ status, statusDescription = "", headers = {}, body = "", bodyEncoding = "text" }) {
  const isStatus = typeof status === "string" || typeof status === "number";
  if (!isStatus || !/^[2-5][0-9]{2}$/.test(String(status))) throw invalid("`status` is not from 200 to 599");
  if (typeof statusDescription !== "string" || !/^[\t\x20-\x7e\x80-\xff]*$/.test(statusDescription)) {
    throw invalid("`statusDescription` is no text for a status line");
  }
  if (typeof body !== "string") throw invalid("`body` is no text");
  if (bodyEncoding !== "text" && bodyEncoding !== "base64") throw invalid("`bodyEncoding` is neither text nor base64");
  const content = bodyEncoding === "text" ? Buffer.from(body) : decodeBase64(body);
  const fields = flat(checked(headers, {}));
  if (headBytes("", "", fields) + content.length > MAX_RESPONSE_BYTES) {
    throw invalid(`the response is larger than ${MAX_RESPONSE_BYTES} bytes`);
  }
  return { status: Number(status), description: statusDescription, headers: fields, content };
}
