import type { Options } from "./options.d.ts";
import type { WasmModule } from "./wasm-module.d.ts";

export type * from "./log.d.ts";
export type { HostCrypto, Options } from "./options.d.ts";

export interface RequestSealerOptions extends Options {
  /** The compiled `edgeseal_bg.wasm`, or a promise of it. */
  module: WasmModule | PromiseLike<WasmModule>;
  /** Longer bodies are refused; no more is read. Default: 1,048,576. */
  maxInputBytes?: number | undefined;
}

/**
 * Makes a function that resolves to the request that may go to the origin, or to the response that refuses it; it never rejects.
 *
 * The body of the request it is given has been read then. A request in which nothing had to be looked at is given back as it is.
 *
 * @param policy the text of the policy file
 * @throws {TypeError | RangeError} if an argument is not what it should be
 */
export function createRequestSealer(
  policy: string,
  options: RequestSealerOptions,
): (request: Request) => Promise<Request | Response>;
