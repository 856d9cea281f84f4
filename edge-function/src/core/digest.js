// Digests of a body that was changed: Content-Digest and Repr-Digest (RFC 9530), Digest (RFC 3230), and AWS's payload hash.

import { refusal } from "./refusal.js";
import { valuesOf } from "./table.js";

/**
 * @typedef {import("./request.js").Request} Request
 * @typedef {import("./request.js").Header} Header
 * @typedef {import("./sealer.js").Host["digest_headers"]} Actions
 *
 * A way to write digests. It is given the text of a header and both bodies, and gives the new text: `undefined` if nothing is left.
 * @typedef {(text: string, before: Uint8Array, after: Uint8Array) => Promise<string | undefined>} Form
 */

const PAYLOAD_HASH = "x-amz-content-sha256";

/** @type {Record<string, Form>} */
const FORMS = {
  // A dictionary of byte sequences (RFC 8941). Parameters are not defined for it.
  "content-digest": listOf(/^([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/]*={0,2}):$/, (name, digest) => `${name}=:${digest}:`),
  "repr-digest": listOf(/^([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/]*={0,2}):$/, (name, digest) => `${name}=:${digest}:`),
  digest: listOf(/^([!#$%&'*+.^_`|~0-9A-Za-z-]+)=([\x21-\x7e]+)$/, (name, digest) => `${name.toUpperCase()}=${digest}`),
  [PAYLOAD_HASH]: payloadHash,
};

/**
 * What becomes of the headers that carry a digest or signature of the body: their new values, `undefined` for those that go.
 * @param {Request} request with the body that came
 * @param {Uint8Array} before
 * @param {Uint8Array} after
 * @param {Actions} actions
 * @returns {Promise<Map<Header, string | undefined>>}
 */
export async function fitDigests(request, before, after, actions) {
  /** @type {Map<Header, string | undefined>} */
  const edits = new Map();
  if (!hasAnyOf(request.headers, actions)) return edits;
  for (const [name, action] of Object.entries(actions)) {
    const [first, ...more] = request.headers.filter((header) => header.name.toLowerCase() === name);
    if (first === undefined) continue;
    if (action === "refuse") throw refusal("body_signed");
    if (action === "remove") {
      edits.set(first, undefined);
    } else {
      const form = FORMS[name];
      if (action !== "recompute" || form === undefined) throw new Error(`there is no way to ${action} this digest`);
      if (name === PAYLOAD_HASH && isSignedForAws(request)) throw refusal("body_signed");
      // A header that comes in several lines is one list (RFC 9110, section 5.3).
      const text = [first, ...more].map(({ value }) => value).join(",");
      edits.set(first, await form(text, before, after));
    }
    for (const header of more) edits.set(header, undefined);
  }
  return edits;
}

/**
 * Whether there is a header with anything to do: most requests have none.
 * @param {Header[]} headers
 * @param {Actions} actions
 */
function hasAnyOf(headers, actions) {
  for (const { name } of headers) {
    if (Object.hasOwn(actions, name.toLowerCase())) return true;
  }
  return false;
}

/**
 * AWS Signature Version 4, also 4A, in its header or in the URL: the sender signed the payload hash too.
 * @param {Request} request
 */
function isSignedForAws({ headers, query }) {
  const parameters = new URLSearchParams(query).keys();
  return (
    valuesOf(headers, "authorization").some((value) => /^\s*AWS4-/i.test(value)) ||
    [...parameters].some((name) => name.toLowerCase() === "x-amz-signature")
  );
}

/**
 * The form of a list of digests, each with its algorithm.
 * @param {RegExp} member an algorithm and a digest
 * @param {(algorithm: string, digest: string) => string} write
 * @returns {Form}
 */
function listOf(member, write) {
  return async (text, before, after) => {
    /** @type {Map<string, string>} */
    const digests = new Map();
    for (const part of text.split(",")) {
      const [, name = "", digest = ""] = member.exec(withoutBlanks(part)) ?? [];
      const algorithm = name.toLowerCase();
      // Of two with one name readers take the first, the last, or both.
      if (algorithm === "" || digests.has(algorithm)) throw refusal("digest_mismatch");
      digests.set(algorithm, digest);
    }
    const written = [];
    for (const [algorithm, digest] of digests) {
      if (algorithm !== "sha-256" && algorithm !== "sha-512") continue;
      if (toBase64(await hash(algorithm, before)) !== digest) throw refusal("digest_mismatch");
      written.push(write(algorithm, toBase64(await hash(algorithm, after))));
    }
    return written.length === 0 ? undefined : written.join(", ");
  };
}

/**
 * Without what may stand around a member of a list (RFC 9110, section 5.6.1). No pattern that looks for blanks at an end: where many stand
 * in the middle it would begin anew at each of them.
 * @param {string} text
 */
function withoutBlanks(text) {
  const isBlank = (/** @type {number} */ at) => text[at] === " " || text[at] === "\t";
  let [start, end] = [0, text.length];
  while (start < end && isBlank(start)) start += 1;
  while (end > start && isBlank(end - 1)) end -= 1;
  return text.slice(start, end);
}

/** @type {Form} */
async function payloadHash(text, before, after) {
  if (text === "UNSIGNED-PAYLOAD") return text;
  // Every chunk of such a body has a signature of its own.
  if (text.startsWith("STREAMING-")) throw refusal("body_signed");
  if (toHex(await hash("sha-256", before)) !== text.toLowerCase()) throw refusal("digest_mismatch");
  return toHex(await hash("sha-256", after));
}

/**
 * @param {"sha-256" | "sha-512"} algorithm
 * @param {Uint8Array} bytes
 */
async function hash(algorithm, bytes) {
  return new Uint8Array(await crypto.subtle.digest(algorithm.toUpperCase(), /** @type {BufferSource} */ (bytes)));
}

/** @param {Uint8Array} bytes */
function toBase64(bytes) {
  return btoa(String.fromCharCode(...bytes));
}

/** @param {Uint8Array} bytes */
function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
