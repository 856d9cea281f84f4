// Lambda@Edge: the handler of a distribution's origin-request event.

import { readBody, replacement } from "./cloudfront/body.js";
import { readRequest, readRequestId } from "./cloudfront/event.js";
import { fromList, toList } from "./cloudfront/headers.js";
import { createGate } from "./core/gate.js";
import { loadModule } from "./module.js";

/** What CloudFront takes as a replaced body, in bytes before base64. */
const MAX_OUTPUT_BYTES = 997_500;
/** What CloudFront takes as a URL, which has to be shorter than 8,192 bytes, and as a request without its body. */
const HEAD_LIMITS = { url: 8_191, head: 20_480 };

/**
 * @typedef {import("../types/cloudfront.d.ts").CloudFrontRequest} CloudFrontRequest
 * @typedef {import("../types/cloudfront.d.ts").CloudFrontResponse} CloudFrontResponse
 */

/** @type {typeof import("../types/lambda-edge.d.ts").createOriginRequestHandler} */
export function createOriginRequestHandler(policy, { module = loadModule, ...options } = {}) {
  const settings = { module, largestOutput: MAX_OUTPUT_BYTES, headLimits: HEAD_LIMITS };
  return createGate(policy, options, settings, { read, forward, refuse, requestId: readRequestId });
}

/** @param {unknown} event */
function read(event) {
  const { method, uri: path, querystring: query = "", headers, body } = readRequest(event);
  return { method, path, query, headers: toList(headers), ...readBody(body) };
}

/**
 * The request of the event; what did not change in it stays the object it was, so read-only headers keep what CloudFront wrote.
 * @param {import("../types/cloudfront.d.ts").CloudFrontRequestEvent} event
 * @param {import("./core/request.js").Request} _request
 * @param {import("./core/request.js").Changes} changes
 * @returns {CloudFrontRequest | CloudFrontResponse}
 */
function forward(event, _request, { body, query, headers }) {
  const request = readRequest(event);
  if (body === undefined && query === undefined && headers === undefined) return request;
  return {
    ...request,
    ...(headers && { headers: fromList(headers) }),
    ...(query !== undefined && { querystring: query }),
    ...(body && { body: replacement(body) }),
  };
}

/**
 * @param {unknown} _event
 * @param {import("./core/refusal.js").Problem} problem
 * @returns {CloudFrontRequest | CloudFrontResponse}
 */
function refuse(_event, { status, title, headers, body }) {
  return {
    status: String(status),
    statusDescription: title,
    headers: fromList(headers.map(([name, value]) => ({ name, value }))),
    body,
    bodyEncoding: "text",
  };
}
