// CloudFront origin-request events for tests.

/** @typedef {import("../types/cloudfront.d.ts").CloudFrontRequestEvent} Event */

/**
 * Headers of an event, from name/value pairs: a name that comes twice has two values.
 * @param {[string, string][]} pairs
 */
export function headers(...pairs) {
  /** @type {import("../types/cloudfront.d.ts").CloudFrontHeaders} */
  const headers = { host: [{ key: "Host", value: "origin.example" }] };
  for (const [key, value] of pairs) {
    (headers[key.toLowerCase()] ??= []).push({ key, value });
  }
  return headers;
}

export const JSON_TYPE = /** @type {[string, string]} */ (["Content-Type", "application/json"]);

/**
 * The `body` member as CloudFront writes it.
 * @param {string | Uint8Array} content
 * @returns {import("../types/cloudfront.d.ts").CloudFrontBody}
 */
export function body(content) {
  return { action: "read-only", data: Buffer.from(content).toString("base64"), encoding: "base64", inputTruncated: false };
}

/**
 * An event around a request. Frozen to its depth: a handler has no business changing it.
 * @param {Record<string, unknown>} request
 * @param {Record<string, unknown>} [config]
 * @returns {Event}
 */
export function event(request, config) {
  return freeze({
    Records: [
      {
        cf: {
          config: {
            distributionDomainName: "d111111abcdef8.cloudfront.net",
            distributionId: "EDFDVBD6EXAMPLE",
            eventType: "origin-request",
            requestId: "4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ==",
            ...config,
          },
          request: {
            clientIp: "203.0.113.178",
            headers: headers(JSON_TYPE),
            method: "POST",
            querystring: "",
            uri: "/people",
            ...request,
          },
        },
      },
    ],
  });
}

/**
 * The bytes that an origin would get; nothing from a refusal.
 * @param {any} result
 */
export function atOrigin(result) {
  return Buffer.from(result.body?.data ?? "", result.body?.encoding === "text" ? "utf8" : "base64");
}

/**
 * @template T
 * @param {T} value
 * @returns {T}
 */
function freeze(value) {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(freeze);
    Object.freeze(value);
  }
  return value;
}
