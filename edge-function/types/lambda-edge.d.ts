import type { CloudFrontRequestEvent, CloudFrontResponse } from "./cloudfront.d.ts";
import type { Options as Common } from "./options.d.ts";
import type { WasmModule } from "./wasm-module.d.ts";

export type * from "./cloudfront.d.ts";
export type * from "./log.d.ts";
export type { HostCrypto } from "./options.d.ts";

/** Default and maximum of `maxOutputBytes`: 997,500. */
export interface Options extends Common {
  /** The compiled `edgeseal_bg.wasm`, or a promise of it. Default: the package's own file. */
  module?: WasmModule | PromiseLike<WasmModule> | undefined;
}

/**
 * Makes the handler of a CloudFront origin-request event, with Include Body on. It resolves to the request that may go to the
 * origin, or to a generated error response; it never rejects, and lets nothing through that the policy says to encrypt.
 *
 * A policy or a module that does not load makes no exception here: it has every request refused with `policy_refused`.
 *
 * @param policy the text of the policy file
 * @throws {TypeError | RangeError} if an argument is not what it should be
 */
export function createOriginRequestHandler(
  policy: string,
  options?: Options,
): <Event extends CloudFrontRequestEvent>(event: Event) => Promise<RequestOf<Event> | CloudFrontResponse>;

/** The request of an event, so that a handler fits other descriptions of CloudFront's events, such as `@types/aws-lambda`. */
export type RequestOf<Event extends CloudFrontRequestEvent> = Event["Records"][number]["cf"]["request"];
