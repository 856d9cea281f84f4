// The part of CloudFront's event structure that this package reads and writes.

export interface CloudFrontHeader {
  key?: string | undefined;
  value: string;
}

/** By lower-case name. */
export type CloudFrontHeaders = Record<string, CloudFrontHeader[]>;

export interface CloudFrontBody {
  action: "read-only" | "replace";
  data: string;
  encoding: "base64" | "text";
  readonly inputTruncated?: boolean;
}

export interface CloudFrontRequest {
  body?: CloudFrontBody | undefined;
  readonly clientIp?: string;
  headers: CloudFrontHeaders;
  readonly method: string;
  origin?: unknown;
  querystring?: string;
  uri?: string;
}

/** A generated response. */
export interface CloudFrontResponse {
  status: string;
  statusDescription?: string | undefined;
  headers?: CloudFrontHeaders;
  body?: string;
  bodyEncoding?: "base64" | "text";
}

export interface CloudFrontRequestEvent {
  Records: { cf: { config: { eventType: string; requestId?: string }; request: CloudFrontRequest } }[];
}
