/** Why a policy is refused: a code of `docs/ERRORS.md`, and the JSON Pointer of the member. */
export interface PolicyError {
  code: string;
  pointer?: string | undefined;
}

/** What became of a request, in numbers and labels of the policy. Holds nothing of a body, a URL or a header. */
export interface LogEntry {
  /**
   * `encrypted`: the origin gets tokens. `unchanged`: the policy found nothing to encrypt. `passed`: there is no body, and the
   * policy has no rules for the rest. `refused`: the origin gets nothing. `not_loaded`: not about a request, and said at once when
   * the policy or the wasm module does not load; requests are refused as long as they do not.
   */
  outcome: "encrypted" | "unchanged" | "passed" | "refused" | "not_loaded";
  /** Of a refusal: the stable code (`docs/ERRORS.md`) and the HTTP status. */
  code?: string;
  status?: number;
  /** With `policy_refused` and `not_loaded`: why. */
  policy_error?: PolicyError;
  /** With `internal`: the class of the error, such as `RuntimeError` for a trap. */
  error?: string;
  /** Values encrypted: all, by field rule, by key id. */
  values?: number;
  rules?: Record<string, number>;
  keys?: Record<string, number>;
  /** By rule with `action` `report`: values that it would encrypt, and that it would refuse the request for. */
  reported?: Record<string, number>;
  would_refuse?: Record<string, number>;
  /** Protected values that also stand elsewhere in the body. */
  leftovers?: number;
  /** The body as it came and, if it was changed, as it goes on. */
  body_bytes?: number;
  sealed_bytes?: number;
  /** From the call to the decision. In workerd clocks stand still while there is no I/O: there it is 0, or the time of reading. */
  microseconds: number;
  /** SHA-256 of the policy's text, in hexadecimal digits. */
  policy?: string | undefined;
  /** Whether this was the first request that the handler saw. */
  cold_start: boolean;
  /** Of Lambda@Edge and Cloudflare Workers. */
  request_id?: string | undefined;
}

/** What `metrics: 'emf'` adds: CloudWatch's embedded metric format. */
export interface Metrics {
  Requests: 1;
  Refused: 0 | 1;
  Values: number;
  Microseconds: number;
  _aws: {
    Timestamp: number;
    CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string; Unit: string }[] }[];
  };
}

export type Log = (entry: LogEntry & Partial<Metrics>) => void | Promise<void>;
