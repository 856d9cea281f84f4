import type { CloudFrontRequestEvent, CloudFrontResponse } from "./cloudfront.d.ts";

export type * from "./cloudfront.d.ts";

export interface Options {
  /** Called and awaited once for each request; by default the entry is printed as one line of JSON. */
  log?: ((entry: LogEntry) => void | Promise<void>) | undefined;
  /** Bodies that would be longer than this many bytes after encryption are refused. Default and maximum: 997,500. */
  maxOutputBytes?: number | undefined;
}

/** What became of a request, in numbers and labels of the policy. Holds nothing of a body or a header. */
export interface LogEntry {
  /**
   * `encrypted`: the origin gets a body with tokens. `unchanged`: the policy found nothing to encrypt. `passed`: there is no
   * body. `refused`: the origin gets nothing.
   */
  outcome: "encrypted" | "unchanged" | "passed" | "refused";
  /** Of a refusal: the stable code (`docs/ERRORS.md`) and the HTTP status. */
  code?: string;
  status?: number;
  /** With `policy_refused`: why, and the JSON Pointer of the member. */
  policy?: { code: string; pointer: string | undefined };
  /** Values encrypted: all, by field rule, by key id. */
  values?: number;
  rules?: Record<string, number>;
  keys?: Record<string, number>;
  /** The body as it came and as it goes on, in bytes before base64. */
  body_bytes?: number;
  sealed_bytes?: number;
  /** Time spent in the handler. */
  microseconds: number;
  /** Whether this was the first request of this execution environment. */
  cold_start: boolean;
  /** CloudFront's. */
  request_id?: string | undefined;
}

/**
 * Makes the handler of a CloudFront origin-request event, with Include Body on. It resolves to the request that may go to the
 * origin, or to a generated error response; it never rejects, and never lets a body through that the policy says to encrypt.
 *
 * A policy that does not load makes no exception here: it has every request refused with `policy_refused`.
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
