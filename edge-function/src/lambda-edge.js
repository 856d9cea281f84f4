// Lambda@Edge: the handler of a distribution's origin-request event. Every path that does not end in "encrypted what the policy
// names" or "there is nothing to encrypt" ends in a refusal.

import { decodeBody, presentBody, replacement } from "./body.js";
import { readRequest, readRequestId } from "./event.js";
import { readContentType, refuseContentEncoding, withoutDigests } from "./header.js";
import { problem, toRefusal } from "./refusal.js";
import { Sealer } from "./sealer.js";

/** What CloudFront takes as a replaced body, in bytes before base64. */
const MAX_OUTPUT_BYTES = 997_500;

/** @type {typeof import("../types/lambda-edge.d.ts").createOriginRequestHandler} */
export function createOriginRequestHandler(policy, { log = print, maxOutputBytes = MAX_OUTPUT_BYTES } = {}) {
  if (typeof policy !== "string") throw new TypeError("expected the text of a policy");
  if (typeof log !== "function") throw new TypeError("expected a function as `log`");
  if (!Number.isInteger(maxOutputBytes) || maxOutputBytes < 0 || maxOutputBytes > MAX_OUTPUT_BYTES) {
    throw new RangeError(`expected \`maxOutputBytes\` from 0 to ${MAX_OUTPUT_BYTES}`);
  }
  const sealer = new Sealer(policy, maxOutputBytes);
  try {
    sealer.load();
  } catch {
    // Every request will be refused for the same reason, and the log will say which.
  }
  let coldStart = true;

  return async (event) => {
    const start = performance.now();
    const { result, ...outcome } = settle(event, sealer);
    const microseconds = Math.round((performance.now() - start) * 1000);
    try {
      await log({ ...outcome, microseconds, cold_start: coldStart, request_id: readRequestId(event) });
    } catch {
      // The result is settled. A log that fails must not turn it into something else.
    }
    coldStart = false;
    return result;
  };
}

/**
 * @typedef {Omit<import("../types/lambda-edge.d.ts").LogEntry, "microseconds" | "cold_start">} Outcome
 * @typedef {import("../types/cloudfront.d.ts").CloudFrontRequest | import("../types/cloudfront.d.ts").CloudFrontResponse} Result
 */

/**
 * What becomes of a request, whatever happens on the way.
 * @param {unknown} event
 * @param {Sealer} sealer
 * @returns {Outcome & { result: Result }}
 */
function settle(event, sealer) {
  try {
    return decide(event, sealer);
  } catch (error) {
    const refusal = toRefusal(error);
    const { code, status } = refusal;
    const cause = sealer.refused && { policy: { code: sealer.refused.code, pointer: sealer.refused.pointer } };
    return { outcome: "refused", code, status, ...cause, result: problem(refusal) };
  }
}

/**
 * @param {unknown} event
 * @param {Sealer} sealer
 * @returns {Outcome & { result: Result }}
 */
function decide(event, sealer) {
  sealer.load();
  const request = readRequest(event);
  const body = presentBody(request);
  if (body === undefined) return { outcome: "passed", result: request };

  refuseContentEncoding(request.headers);
  const contentType = readContentType(request.headers);
  const bytes = decodeBody(body);
  try {
    const sealed = sealer.seal(bytes, contentType);
    const counts = { ...JSON.parse(sealed.report), body_bytes: bytes.length };
    if (sealed.body === undefined) return { outcome: "unchanged", ...counts, result: request };
    const headers = withoutDigests(request.headers);
    const result = { ...request, headers, body: replacement(sealed.body) };
    return { outcome: "encrypted", ...counts, sealed_bytes: sealed.body.length, result };
  } finally {
    bytes.fill(0);
  }
}

/** @param {import("../types/lambda-edge.d.ts").LogEntry} entry */
function print(entry) {
  console.log(JSON.stringify(entry));
}
