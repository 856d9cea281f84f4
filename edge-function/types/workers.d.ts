import type { RequestSealerOptions } from "./fetch.d.ts";

export type * from "./log.d.ts";

/** `env` and `context` are those of the worker. */
export type Send = (request: Request, env: unknown, context: unknown) => Response | Promise<Response>;

export interface WorkerOptions extends Omit<RequestSealerOptions, "module"> {
  /**
   * Where sealed requests go: an origin such as `https://origin.example`, or a function that sends them. Default: `fetch(request)`,
   * which is the zone's own origin.
   */
  origin?: string | URL | Send | undefined;
}

export interface Worker {
  fetch(request: Request, env?: unknown, context?: unknown): Promise<Response>;
}

/**
 * Makes a module worker that seals requests and sends them on.
 *
 * @param policy the text of the policy file
 * @throws {TypeError | RangeError} if an argument is not what it should be
 */
export function createWorker(policy: string, options?: WorkerOptions): Worker;
