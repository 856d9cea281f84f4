/** What every function here throws, but for a `TypeError` on misuse. */
export interface EdgeSealError extends Error {
  readonly name: "EdgeSealError";
  /** Stable; `docs/ERRORS.md` lists them all. */
  readonly code: string;
  /** JSON Pointer (RFC 6901) of the refused member, when a policy or keyring is refused. */
  readonly pointer?: string;
  /** The HTTP status to answer with, when a body is refused. */
  readonly status?: number;
}
