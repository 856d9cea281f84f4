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
  /** Bodies that would be longer than this many bytes after encryption are refused. */
  maxOutputBytes?: number | undefined;
}
