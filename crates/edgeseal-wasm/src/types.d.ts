/** What every function here throws, but for a `TypeError` on misuse. */
export interface EdgeSealError extends Error {
  readonly name: "EdgeSealError";
  /** Stable; `docs/ERRORS.md` lists them all. */
  readonly code: string;
  /** JSON Pointer (RFC 6901) of the refused member, when a policy or keyring is refused. */
  readonly pointer?: string;
  /** The HTTP status to answer with, when a body is refused. */
  readonly status?: number;
}

/** A body that may go on to the origin. */
export interface Encrypted {
  /** The new body; `undefined` if nothing in the old one had to be encrypted. */
  readonly body: Uint8Array | undefined;
  /** JSON: `{"values":2,"rules":{"ssn":2},"keys":{"pii-2026a":2}}`. Holds no value. */
  readonly report: string;
}

/** How a text is read, and so for which place plaintext is put back. */
export type TextFormat = "json" | "ndjson" | "text";

/** One RSAES-OAEP-SHA-256 ciphertext (empty label), and the key it is under. */
export interface Ciphertext {
  readonly keyId: string;
  readonly bytes: Uint8Array;
}

/**
 * What became of one ciphertext: its plaintext; or it does not open, is not as long as the key's modulus, the caller may not
 * use the key, or the key could not be asked.
 */
export type Answer = Uint8Array | "failed" | "wrong-length" | "denied" | "unavailable";

/** A text with plaintext in it. */
export interface Spliced {
  readonly body: Uint8Array;
  /** JSON: `{"found":2,"decrypted":1,"kept":[{"offset":17,"code":"token_key_unknown","key":"old"}]}`. */
  readonly report: string;
}
