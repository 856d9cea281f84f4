// Fetch-style runtimes: a `Request` in, a `Request` for the origin or a `Response` that refuses out.

import { createGate } from "./core/gate.js";
import { checkBytes } from "./core/options.js";
import { readBody } from "./fetch/body.js";
import { rebuild } from "./fetch/rebuild.js";

/** One MiB: as much as CloudFront shows of a body. */
export const MAX_INPUT_BYTES = 1_048_576;

/** @typedef {{ maxInputBytes?: number | undefined, requestId?: (request: Request) => string | undefined }} Extras */

/** @type {typeof import("../types/fetch.d.ts").createRequestSealer} */
export function createRequestSealer(policy, { module, maxInputBytes = MAX_INPUT_BYTES, ...options }) {
  return createSealerOf(policy, options, { module, maxInputBytes });
}

/**
 * The same, with what only some runtimes know.
 * @param {string} policy
 * @param {import("../types/options.d.ts").Options} options
 * @param {import("./core/gate.js").Settings & Extras} settings
 * @returns {(request: Request) => Promise<Request | Response>}
 */
export function createSealerOf(policy, options, { maxInputBytes = MAX_INPUT_BYTES, requestId, ...settings }) {
  checkBytes("maxInputBytes", maxInputBytes);
  return createGate(policy, options, settings, { read, forward, refuse, ...(requestId && { requestId }) });

  /** @param {Request} request */
  async function read(request) {
    if (request.bodyUsed) throw new TypeError("the body has been read already");
    const { pathname, search } = new URL(request.url);
    const headers = [...request.headers].map(([name, value]) => ({ name, value }));
    const body = await readBody(request, maxInputBytes);
    return { method: request.method, path: pathname, query: search.slice(1), headers, ...body };
  }
}

/**
 * @param {Request} request
 * @param {import("./core/request.js").Request} seen
 * @param {import("./core/request.js").Changes} changes
 * @returns {Request | Response}
 */
function forward(request, seen, changes) {
  const isUntouched = seen.body === undefined && changes.query === undefined && changes.headers === undefined;
  return isUntouched ? request : rebuild(request, seen.body, changes);
}

/**
 * @param {Request} _request
 * @param {import("./core/refusal.js").Problem} problem
 * @returns {Request | Response}
 */
function refuse(_request, { status, title, headers, body }) {
  return new Response(body, { status, statusText: title, headers });
}
