// Refusals: why nothing goes to the origin, and the response that says so.

/** Codes of this layer and their HTTP status; the library brings its own. `docs/ERRORS.md` lists both. */
export const STATUS = Object.freeze({
  body_missing: 411,
  body_not_base64: 400,
  body_signed: 400,
  body_too_large: 413,
  body_truncated: 413,
  body_unexpected: 400,
  content_encoding_unsupported: 415,
  content_type_unsupported: 415,
  digest_mismatch: 400,
  event_invalid: 500,
  head_too_large: 413,
  internal: 500,
  policy_refused: 503,
});

/** @typedef {keyof typeof STATUS} Code */

/** Reason phrases (RFC 9110, section 15) of every status that a refusal can have. */
const TITLES = new Map([
  [400, "Bad Request"],
  [411, "Length Required"],
  [413, "Content Too Large"],
  [415, "Unsupported Media Type"],
  [422, "Unprocessable Content"],
  [500, "Internal Server Error"],
  [503, "Service Unavailable"],
]);

/** Thrown to end a request here. */
export class Refusal extends Error {
  /**
   * @param {string} code
   * @param {number} status
   */
  constructor(code, status) {
    super(code);
    this.name = "Refusal";
    this.code = code;
    this.status = status;
  }
}

/**
 * A refusal with a code of this layer.
 * @param {Code} code
 */
export function refusal(code) {
  return new Refusal(code, STATUS[code]);
}

/**
 * What the library throws, as opposed to a trap or a mistake.
 * @param {unknown} error
 * @returns {error is import("../../wasm/edgeseal.js").EdgeSealError}
 */
export function isEdgeSealError(error) {
  return error instanceof Error && error.name === "EdgeSealError";
}

/**
 * Any error as a refusal: one that nobody expected is `internal`.
 * @param {unknown} error
 */
export function toRefusal(error) {
  if (error instanceof Refusal) return error;
  if (isEdgeSealError(error) && error.status !== undefined && TITLES.has(error.status)) {
    return new Refusal(error.code, error.status);
  }
  return refusal("internal");
}

/**
 * The response, for a door to put into its runtime's words: problem details (RFC 9457). It says the code and nothing of the request.
 * @typedef {{ status: number, title: string, headers: [name: string, value: string][], body: string }} Problem
 * @param {Refusal} refusal
 * @returns {Problem}
 */
export function problem({ code, status }) {
  const title = TITLES.get(status) ?? "";
  return {
    status,
    title,
    headers: [
      ["Cache-Control", "no-store"],
      ["Content-Type", "application/problem+json"],
    ],
    body: JSON.stringify({ type: "about:blank", title, status, code }),
  };
}
