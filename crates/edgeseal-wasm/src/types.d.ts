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

/**
 * The RSA public operation (RSAEP, RFC 8017, section 5.1.1) under the key of a key id: from an encoded message as long as the modulus
 * to the ciphertext. The bytes are a copy, as secret as the value, for the function to zero. What it throws refuses the request.
 */
export type PublicOperation = (keyId: string, encoded: Uint8Array) => Uint8Array;

/** What may go on to the origin. */
export interface Encrypted {
  /** The new body; `undefined` if nothing in the old one had to be encrypted, or there was none. */
  readonly body: Uint8Array | undefined;
  /** The new query string; `undefined` if it stays. */
  readonly query: string | undefined;
  /** The values of all headers that were given, in their order; `undefined` if all stay. */
  readonly headers: string[] | undefined;
  /** JSON: `{"values":2,"rules":{"ssn":2},"keys":{"pii-2026a":2}}`, and what `EncryptReport` has beside it. Holds no value. */
  readonly report: string;
}

/** How a text is read, and so for which place plaintext is put back. */
export type TextFormat = "json" | "ndjson" | "form" | "text";

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
