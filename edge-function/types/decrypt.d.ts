// As in `wasm/edgeseal.d.ts`, which describes browsers' types too, and so needs them.

/** What `decrypt` throws, but for a `TypeError` on misuse. */
export interface EdgeSealError extends Error {
  readonly name: "EdgeSealError";
  /** Stable; `docs/ERRORS.md` lists them all. */
  readonly code: string;
  /** JSON Pointer (RFC 6901) of the refused member, when a keyring is refused. */
  readonly pointer?: string;
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

export interface DecryptOptions {
  /** How the text is read, and so for which place plaintext is put back. */
  format: TextFormat;
  /** The text of a keyring file. Only its key ids and classic tags matter here. */
  keyring: string;
  /**
   * Pairs that every token's context must have: a token bound to something else does not open, nor does a direct one, which
   * has no context.
   */
  context?: Record<string, string> | undefined;
  /**
   * Has one ciphertext decrypted with RSAES-OAEP-SHA-256 (empty label) under the key of its key id: by AWS KMS, or with a local
   * key. Limits to concurrency and time are up to it.
   */
  ask: (ciphertext: Ciphertext) => Answer | Promise<Answer>;
}

export interface DecryptReport {
  /** Everything that begins like a token. */
  found: number;
  decrypted: number;
  /** Tokens that stay in place: where (in bytes), why (`docs/ERRORS.md`), and the key id as far as it could be read. */
  kept: { offset: number; code: string; key?: string }[];
}

/**
 * Finds the tokens of a text and puts plaintext in their places. Each distinct ciphertext is asked for once.
 *
 * Tokens that are denied, damaged or under an unknown key stay in place, counted in the report.
 *
 * @throws {EdgeSealError} if the text is not what `format` says, the keyring is refused, or any other token does not open; then
 * there is no output
 */
export function decrypt(
  text: Uint8Array,
  options: DecryptOptions,
): Promise<{ body: Uint8Array; report: DecryptReport }>;
