// The decision about a request: a refusal that is thrown, or what changes in it.

import { withCount } from "./count.js";
import { fitDigests } from "./digest.js";
import { refuseLongHead, withEdits } from "./head.js";
import { knownMethod, knownPath } from "./override.js";
import { refusal } from "./refusal.js";
import { lookUp, valuesOf } from "./table.js";

/**
 * @typedef {import("./request.js").Request} Request
 * @typedef {import("./request.js").Header} Header
 * @typedef {import("./sealer.js").Sealer} Sealer
 * @typedef {import("./sealer.js").Parts} Parts
 *
 * @typedef {object} Settings
 * @property {string | undefined} countHeader
 * @property {import("./request.js").HeadLimits | undefined} headLimits
 *
 * @typedef {object} Decision
 * @property {"encrypted" | "unchanged" | "passed"} outcome
 * @property {Record<string, unknown>} counts for the log
 * @property {import("./request.js").Changes} changes
 */

/**
 * @param {Request} request
 * @param {Sealer} sealer
 * @param {Settings} settings
 * @returns {Promise<Decision>}
 */
export async function decide(request, sealer, { countHeader, headLimits }) {
  const host = sealer.load();
  const { code, look } = lookUp(request);
  if (code !== undefined) throw refusal(code);

  const parts = partsFor(host, request, look === "head and body");
  if (parts.body === undefined && !host.query && host.headers.length === 0) {
    return { outcome: "passed", counts: {}, changes: changesOf(request.headers, 0) };
  }
  const sealed = seal(parts, sealer);
  const { body, query, edits, report } = sealed;
  const isEncrypted = body !== undefined || query !== undefined || edits.size > 0;
  const digests = parts.body && body ? await fitDigests(request, parts.body, body, host.digest_headers) : [];
  for (const [header, value] of digests) edits.set(header, value);
  const headers = withEdits(request.headers, edits);
  return {
    outcome: isEncrypted ? "encrypted" : "unchanged",
    counts: {
      ...report,
      ...(parts.body && { body_bytes: parts.body.length }),
      ...(body && { sealed_bytes: body.length }),
    },
    changes: changesOf(headers, report.values, body, query),
  };

  /**
   * @param {Header[]} after
   * @param {number} count
   * @param {Uint8Array} [body]
   * @param {string} [query]
   */
  function changesOf(after, count, body, query) {
    const headers = withCount(after, countHeader, count);
    const changes = { body, query, headers: headers === request.headers ? undefined : headers };
    refuseLongHead(request, changes, headLimits);
    return changes;
  }
}

/**
 * The parts of a request that the policy is for.
 * @param {import("./sealer.js").Host} host
 * @param {Request} request
 * @param {boolean} hasBody
 * @returns {Parts}
 */
function partsFor(host, request, hasBody) {
  return {
    body: hasBody ? request.body : undefined,
    contentType: hasBody ? valuesOf(request.headers, "content-type")[0] : undefined,
    method: knownMethod(request),
    path: knownPath(request),
    query: host.query ? request.query : undefined,
    headers: host.headers.length === 0 ? [] : request.headers.filter(({ name }) => host.headers.includes(name.toLowerCase())),
  };
}

/**
 * @param {Parts} parts
 * @param {Sealer} sealer
 */
function seal(parts, sealer) {
  const { body, query, headers = parts.headers.map(({ value }) => value), report } = sealer.seal(parts);
  if (headers.length !== parts.headers.length) throw new Error("headers got lost");
  /** @type {import("./head.js").Edits} */
  const edits = new Map();
  parts.headers.forEach((header, i) => {
    if (headers[i] !== header.value) edits.set(header, headers[i]);
  });
  return { body, query, edits, report: /** @type {{ values: number }} */ (JSON.parse(report)) };
}
