// A small CDN edge: HTTP in, a CloudFront origin-request event to the handler, what it answers on to the origin. It keeps
// CloudFront's rules about bodies and headers, and nothing else of CloudFront.

import { createServer, request as httpRequest } from "node:http";
import { buffer } from "node:stream/consumers";

/** What a function sees of a body, in bytes; the rest is cut off, and `inputTruncated` says so. */
export const MAX_BODY_BYTES = 1_048_576;
/** Headers that a function may read and not change: CloudFront answers 502 to that. */
const READ_ONLY = ["accept-encoding", "content-length", "if-modified-since", "if-none-match", "transfer-encoding", "via"];

/**
 * @typedef {import("../types/cloudfront.d.ts").CloudFrontHeaders} Headers
 * @typedef {import("../types/cloudfront.d.ts").CloudFrontRequest} Request
 * @typedef {import("../types/cloudfront.d.ts").CloudFrontResponse} Response
 * @typedef {import("node:http").IncomingMessage} IncomingMessage
 */

/**
 * An HTTP server that is not listening yet.
 * @param {(event: any) => Promise<Request | Response>} handler
 * @param {{ port: number, includeBody?: boolean }} origin where the origin listens on this machine
 */
export function createEdge(handler, { port, includeBody = true }) {
  return createServer(async (incoming, outgoing) => {
    try {
      const content = await buffer(incoming);
      const request = asRequest(incoming, content, includeBody);
      const result = await handler(asEvent(structuredClone(request)));
      if ("status" in result) return answer(outgoing, Number(result.status), result.headers, result.body ?? "");
      refuseReadOnlyChanges(request.headers, result.headers);
      const response = await forward(port, result, bodyOf(result, content));
      answer(outgoing, response.statusCode ?? 502, asHeaders(response.rawHeaders), await buffer(response));
    } catch (error) {
      console.error(`edge: ${error}`);
      answer(outgoing, 502, {}, "");
    }
  });
}

/**
 * @param {IncomingMessage} incoming
 * @param {Buffer} content
 * @param {boolean} includeBody
 * @returns {Request}
 */
function asRequest({ method = "", url = "/", rawHeaders }, content, includeBody) {
  const { pathname, search } = new URL(url, "http://edge");
  const data = content.subarray(0, MAX_BODY_BYTES).toString("base64");
  const inputTruncated = content.length > MAX_BODY_BYTES;
  return {
    clientIp: "127.0.0.1",
    headers: asHeaders(rawHeaders),
    method,
    querystring: search.slice(1),
    uri: pathname,
    ...(includeBody ? { body: { action: "read-only", data, encoding: "base64", inputTruncated } } : {}),
  };
}

/** @param {Request} request */
function asEvent(request) {
  return { Records: [{ cf: { config: { eventType: "origin-request", requestId: "local" }, request } }] };
}

/**
 * @param {string[]} raw names and values by turns
 * @returns {Headers}
 */
function asHeaders(raw) {
  /** @type {Headers} */
  const headers = {};
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const [key = "", value = ""] = raw.slice(i, i + 2);
    (headers[key.toLowerCase()] ??= []).push({ key, value });
  }
  return headers;
}

/**
 * @param {Headers} before
 * @param {Headers} after
 */
function refuseReadOnlyChanges(before, after) {
  for (const name of READ_ONLY) {
    if (JSON.stringify(before[name]) !== JSON.stringify(after[name])) throw new Error(`${name} is read-only`);
  }
}

/**
 * The body for the origin: the one that came, whole, unless the function replaced it.
 * @param {Request} result
 * @param {Buffer} content
 */
function bodyOf({ body }, content) {
  if (body?.action !== "replace") return content;
  return Buffer.from(body.data, body.encoding === "text" ? "utf8" : "base64").subarray(0, MAX_BODY_BYTES);
}

/**
 * @param {number} port
 * @param {Request} request
 * @param {Buffer} content
 * @returns {Promise<IncomingMessage>}
 */
function forward(port, { method, uri = "/", querystring, headers }, content) {
  const path = querystring ? `${uri}?${querystring}` : uri;
  const fields = Object.entries(headers)
    .filter(([name]) => name !== "content-length" && name !== "transfer-encoding")
    .flatMap(([name, values]) => values.flatMap(({ value }) => [name, value]));
  if (content.length > 0) fields.push("content-length", String(content.length));
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: "127.0.0.1", port, method, path, headers: fields, agent: false });
    sent.on("response", resolve).on("error", reject).end(content);
  });
}

/**
 * @param {import("node:http").ServerResponse} outgoing
 * @param {number} status
 * @param {Headers | undefined} headers
 * @param {string | Buffer} content
 */
function answer(outgoing, status, headers, content) {
  outgoing.statusCode = status;
  for (const [name, values] of Object.entries(headers ?? {})) {
    if (name !== "transfer-encoding" && name !== "connection") outgoing.setHeader(name, values.map(({ value }) => value));
  }
  outgoing.end(content);
}
