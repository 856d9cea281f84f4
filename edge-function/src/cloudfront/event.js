// The event: a CloudFront origin-request event, or nothing that may be looked at.

import { refusal } from "../core/refusal.js";

/** @typedef {import("../../types/cloudfront.d.ts").CloudFrontRequest} CloudFrontRequest */

/** CloudFront forwards no other. */
const METHODS = new Set(["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]);

/**
 * The request of an origin-request event, its shape checked.
 * @param {unknown} event
 * @returns {CloudFrontRequest}
 */
export function readRequest(event) {
  const cf = readRecord(event);
  // Other event types have other limits, and viewer-request events come before the cache.
  if (!isObject(cf.config) || cf.config.eventType !== "origin-request") throw refusal("event_invalid");
  const { request } = cf;
  if (!isObject(request) || !areHeaders(request.headers)) throw refusal("event_invalid");
  const { method, uri, querystring, body } = request;
  if (typeof method !== "string" || !METHODS.has(method)) throw refusal("event_invalid");
  if (!isTextOrAbsent(uri) || !isTextOrAbsent(querystring)) throw refusal("event_invalid");
  if (body !== undefined && !isBody(body)) throw refusal("event_invalid");
  return /** @type {CloudFrontRequest} */ (/** @type {unknown} */ (request));
}

/**
 * The request id that CloudFront gave, for the log; an event without one is no reason to fail.
 * @param {any} event
 * @returns {string | undefined}
 */
export function readRequestId(event) {
  const id = event?.Records?.[0]?.cf?.config?.requestId;
  return typeof id === "string" ? id : undefined;
}

/** @param {unknown} event */
function readRecord(event) {
  if (isObject(event) && Array.isArray(event.Records) && event.Records.length === 1) {
    const [record] = event.Records;
    if (isObject(record) && isObject(record.cf)) return record.cf;
  }
  throw refusal("event_invalid");
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @param {unknown} value */
function isTextOrAbsent(value) {
  return value === undefined || typeof value === "string";
}

/** @param {unknown} headers */
function areHeaders(headers) {
  if (!isObject(headers)) return false;
  for (const values of Object.values(headers)) {
    if (!Array.isArray(values)) return false;
    for (const one of values) {
      if (!isObject(one) || typeof one.value !== "string") return false;
    }
  }
  return true;
}

/** @param {unknown} body */
function isBody(body) {
  return (
    isObject(body) &&
    typeof body.data === "string" &&
    (body.encoding === "base64" || body.encoding === "text") &&
    (body.inputTruncated === undefined || typeof body.inputTruncated === "boolean")
  );
}
