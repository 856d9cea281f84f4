import type { Log } from "./log.d.ts";

/** What every door takes. */
export interface Options {
  /**
   * Called and awaited once for each request, and once if the policy does not load. By default an entry is printed as one line of
   * JSON, with `console.log`, or `console.error` when the policy did not load.
   */
  log?: Log | undefined;
  /** Has entries carry CloudWatch's embedded metric format. */
  metrics?: "emf" | undefined;
  /**
   * The name of a header that tells the origin how many values were encrypted. One that the client sent is removed.
   */
  countHeader?: string | undefined;
  /**
   * Has the host raise numbers to a power in place of the WebAssembly module: `true` takes the `node:crypto` of Node.js or workerd
   * (`nodejs_compat`), anything else is a module like it. Tokens are the same. Default: `false`.
   */
  hostRsa?: boolean | HostCrypto | undefined;
  /** Bodies that would be longer than this many bytes after encryption are refused. */
  maxOutputBytes?: number | undefined;
}

/** What `hostRsa` takes of a module like `node:crypto`. */
export interface HostCrypto {
  /** @param pem SPKI PEM */
  createPublicKey(pem: string): any;
  publicEncrypt(options: { key: any; padding: number }, bytes: Uint8Array): Uint8Array;
  readonly constants: { readonly RSA_NO_PADDING: number };
}
