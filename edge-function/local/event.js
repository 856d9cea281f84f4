// A viewer's request as the event that CloudFront makes of it. All headers and the whole query string are in it, as under the managed
// policy AllViewerExceptHostHeader.

import { randomBytes } from "node:crypto";

import { visible } from "./headers.js";
import { MAX_HEAD_BYTES, MAX_SEEN_BYTES, MAX_URL_BYTES } from "./limits.js";
import { Refusal } from "./refusal.js";

/**
 * @typedef {import("node:http").IncomingMessage} IncomingMessage
 * @typedef {import("../types/cloudfront.d.ts").CloudFrontRequest} CloudFrontRequest
 */

const METHODS = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]);

/**
 * Refuses what CloudFront does not take, before the body is there.
 * @param {IncomingMessage} incoming
 */
export function checkHead({ method = "", url = "", rawHeaders, headers }) {
  if (!METHODS.has(method)) throw new Refusal(403, "CloudFront does not forward this method");
  // Node.js itself refuses what is not ASCII.
  if (!url.startsWith("/")) throw new Refusal(400, "expected a path");
  if (Buffer.byteLength(`https://${headers.host ?? ""}${url}`) > MAX_URL_BYTES) {
    throw new Refusal(413, `the URL is longer than ${MAX_URL_BYTES} bytes`);
  }
  if (headBytes(method, url, rawHeaders) > MAX_HEAD_BYTES) {
    throw new Refusal(413, `the request without its body is longer than ${MAX_HEAD_BYTES} bytes`);
  }
}

/**
 * A request without its body on the wire, in bytes.
 * @param {string} method
 * @param {string} url
 * @param {string[]} raw names and values by turns
 */
export function headBytes(method, url, raw) {
  // "METHOD URL HTTP/1.1" CRLF, "name: value" CRLF, CRLF
  return raw.reduce((sum, text) => sum + text.length + 2, `${method} ${url} HTTP/1.1\r\n\r\n`.length);
}

/**
 * @param {IncomingMessage} incoming
 * @param {Buffer} content the body
 * @param {{ origin: URL, includeBody: boolean }} settings
 * @returns {{ requestId: string, request: CloudFrontRequest }}
 */
export function toRequest({ method = "", url = "", rawHeaders, socket }, content, { origin, includeBody }) {
  if (method === "GET" && content.length > 0) throw new Refusal(403, "a GET request with a body");
  const [uri = "", ...query] = url.split("?");
  const clientIp = socket.remoteAddress ?? "127.0.0.1";
  const headers = visible(rawHeaders);
  const forwarded = [...(headers["x-forwarded-for"] ?? []).map(({ value }) => value), clientIp].join(", ");
  headers["x-forwarded-for"] = [{ key: "X-Forwarded-For", value: forwarded }];
  headers.via = [...(headers.via ?? []), { key: "Via", value: "1.1 edgeseal-local" }];
  headers.host = [{ key: "Host", value: origin.host }];
  const body = {
    action: /** @type {const} */ ("read-only"),
    data: content.subarray(0, MAX_SEEN_BYTES).toString("base64"),
    encoding: /** @type {const} */ ("base64"),
    inputTruncated: content.length > MAX_SEEN_BYTES,
  };
  const request = { clientIp, headers, method, origin: describe(origin), querystring: query.join("?"), uri };
  return { requestId: `${randomBytes(40).toString("base64url")}==`, request: includeBody ? { ...request, body } : request };
}

/**
 * @param {string} requestId
 * @param {CloudFrontRequest} request
 */
export function toEvent(requestId, request) {
  const config = {
    distributionDomainName: "d111111abcdef8.cloudfront.net",
    distributionId: "EDFDVBD6EXAMPLE",
    eventType: "origin-request",
    requestId,
  };
  return { Records: [{ cf: { config, request } }] };
}

/** @param {URL} origin */
function describe({ hostname, port, protocol }) {
  const isSecure = protocol === "https:";
  return {
    custom: {
      customHeaders: {},
      domainName: hostname,
      keepaliveTimeout: 5,
      path: "",
      port: Number(port) || (isSecure ? 443 : 80),
      protocol: isSecure ? "https" : "http",
      readTimeout: 30,
      sslProtocols: ["TLSv1.2"],
    },
  };
}
