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
