// The decision table: what becomes of a request before anybody looks into its body. The first row that fits decides; the README shows
// the same rows, and a test compares them.

/**
 * @typedef {object} Facts
 * @property {"read" | "write" | "other"} method GET, HEAD, OPTIONS; POST, PUT, PATCH, DELETE; any other
 * @property {"hidden" | "announced" | "cut" | "too long" | "empty" | "there"} body `hidden`: the runtime has not shown whether there is one;
 *   `announced`: and the headers say so
 * @property {"identity" | "other"} coding
 * @property {"one" | "none" | "several"} type how many content types
 *
 * @typedef {object} Row
 * @property {Facts["method"] | "any"} method
 * @property {Facts["body"]} body
 * @property {Facts["coding"] | "any"} coding
 * @property {Facts["type"] | "any"} type
 * @property {import("./refusal.js").Code} [code] of the refusal
 * @property {"head" | "head and body"} [look] where the policy is followed
 */

/** @type {readonly Readonly<Row>[]} */
export const TABLE = Object.freeze([
  { method: "any", body: "cut", coding: "any", type: "any", code: "body_truncated" },
  { method: "any", body: "too long", coding: "any", type: "any", code: "body_too_large" },
  { method: "any", body: "announced", coding: "any", type: "any", code: "body_missing" },
  { method: "write", body: "hidden", coding: "any", type: "any", code: "body_missing" },
  { method: "any", body: "hidden", coding: "any", type: "any", look: "head" },
  { method: "any", body: "empty", coding: "any", type: "any", look: "head" },
  { method: "read", body: "there", coding: "any", type: "any", code: "body_unexpected" },
  { method: "any", body: "there", coding: "other", type: "any", code: "content_encoding_unsupported" },
  { method: "any", body: "there", coding: "identity", type: "none", code: "content_type_unsupported" },
  { method: "any", body: "there", coding: "identity", type: "several", code: "content_type_unsupported" },
  { method: "any", body: "there", coding: "identity", type: "one", look: "head and body" },
]);

const METHODS = new Map([
  ...["GET", "HEAD", "OPTIONS"].map((name) => /** @type {const} */ ([name, "read"])),
  ...["DELETE", "PATCH", "POST", "PUT"].map((name) => /** @type {const} */ ([name, "write"])),
]);

/**
 * The row of a request.
 * @param {import("./request.js").Request} request
 * @returns {Readonly<Row>}
 */
export function lookUp(request) {
  const { method, body, coding, type } = factsOf(request);
  for (const row of TABLE) {
    if (row.body === body && fits(row.method, method) && fits(row.coding, coding) && fits(row.type, type)) return row;
  }
  throw new Error("no row fits");
}

/** @param {string} expected @param {string} fact */
function fits(expected, fact) {
  return expected === "any" || expected === fact;
}

/**
 * @param {import("./request.js").Request} request
 * @returns {Facts}
 */
function factsOf({ method, headers, body, lack }) {
  const types = valuesOf(headers, "content-type").length;
  return {
    method: METHODS.get(method) ?? "other",
    body: bodyOf(headers, body, lack),
    coding: valuesOf(headers, "content-encoding").every(isIdentity) ? "identity" : "other",
    type: types === 1 ? "one" : types === 0 ? "none" : "several",
  };
}

/**
 * @param {import("./request.js").Header[]} headers
 * @param {Uint8Array | undefined} body
 * @param {import("./request.js").Request["lack"]} lack
 * @returns {Facts["body"]}
 */
function bodyOf(headers, body, lack) {
  if (lack === "hidden") return isAnnounced(headers) ? "announced" : "hidden";
  return lack ?? (body === undefined || body.length === 0 ? "empty" : "there");
}

/** Whether a request has a body (RFC 9112, section 6.3). @param {import("./request.js").Header[]} headers */
function isAnnounced(headers) {
  const isSome = (/** @type {string} */ length) => !/^\s*0+\s*$/.test(length);
  return valuesOf(headers, "transfer-encoding").length > 0 || valuesOf(headers, "content-length").some(isSome);
}

/**
 * The values of a header, whatever the case of its name.
 * @param {import("./request.js").Header[]} headers
 * @param {string} name in lower case
 */
export function valuesOf(headers, name) {
  const values = [];
  for (const header of headers) {
    if (header.name.toLowerCase() === name) values.push(header.value);
  }
  return values;
}

/** What is compressed cannot be looked at. @param {string} codings */
function isIdentity(codings) {
  return codings.split(",").every((coding) => coding.trim().toLowerCase() === "identity");
}
