// A worker that seals requests and sends them on, around a module from wherever it comes.

import { createSealerOf } from "./fetch.js";

/** What Cloudflare takes as a URL, and as the headers of a request. */
const HEAD_LIMITS = { url: 16_384, head: 131_072 };

/**
 * @param {import("../types/fetch.d.ts").RequestSealerOptions["module"]} module
 * @param {string} policy
 * @param {import("../types/workers.d.ts").WorkerOptions} [options]
 * @returns {import("../types/workers.d.ts").Worker}
 */
export function createWorkerOf(module, policy, { origin, maxInputBytes, ...options } = {}) {
  const send = senderTo(origin);
  const seal = createSealerOf(policy, options, { module, maxInputBytes, headLimits: HEAD_LIMITS, requestId: readRay });
  return {
    async fetch(request, env, context) {
      const sealed = await seal(request);
      return sealed instanceof Response ? sealed : send(sealed, env, context);
    },
  };
}

/**
 * @param {import("../types/workers.d.ts").WorkerOptions["origin"]} origin
 * @returns {import("../types/workers.d.ts").Send}
 */
function senderTo(origin) {
  if (origin === undefined) return (request) => fetch(request);
  if (typeof origin === "function") return origin;
  const { protocol, host, href, origin: itself } = new URL(origin);
  if (href !== `${itself}/`) throw new TypeError("expected an origin without a path as `origin`");
  return (request) => {
    const url = new URL(request.url);
    url.protocol = protocol;
    url.host = host;
    return fetch(new Request(url, request));
  };
}

/** Cloudflare's request id; the shape is checked, for elsewhere a client could say anything. @param {Request} request */
function readRay(request) {
  const ray = request.headers.get("cf-ray");
  return ray !== null && /^[0-9a-f]{16}(-[A-Z]{3})?$/.test(ray) ? ray : undefined;
}
