import type { IncomingMessage, ServerResponse } from "node:http";

import type { RequestSealerOptions } from "./fetch.d.ts";

export type * from "./log.d.ts";

export interface MiddlewareOptions extends Omit<RequestSealerOptions, "module"> {
  /** The compiled `edgeseal_bg.wasm`, or a promise of it. Default: the package's own file. */
  module?: RequestSealerOptions["module"] | undefined;
}

/** Calls `next` with the sealed request, or answers with the refusal. Never passes an error to `next`. */
export type Middleware = (incoming: IncomingMessage, outgoing: ServerResponse, next: () => unknown) => Promise<void>;

/**
 * Makes a middleware for Express, Connect and every other server around `node:http`. It replaces body, URL and headers of the
 * message, so everything after it reads tokens. It must come before whatever reads the body.
 *
 * @param policy the text of the policy file
 * @throws {TypeError | RangeError} if an argument is not what it should be
 */
export function createMiddleware(policy: string, options?: MiddlewareOptions): Middleware;

/** A request listener behind a middleware: `createServer(wrap(middleware, app))`. */
export function wrap(
  middleware: Middleware,
  listener: (incoming: IncomingMessage, outgoing: ServerResponse) => unknown,
): (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;
