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
