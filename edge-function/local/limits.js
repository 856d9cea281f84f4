// CloudFront's quotas for origin-request functions, as its developer guide has them ("Quotas", "Restrictions on edge functions").
// Where the guide says MB and not which, what a function sees is read generously and what it gives strictly.

/** What a function sees of a body; the rest is cut off, and `inputTruncated` says so. */
export const MAX_SEEN_BYTES = 1_048_576;
/** What is kept of a body that a function gives as text, in bytes of UTF-8. */
export const MAX_TEXT_BYTES = 1_000_000;
/** What is kept of one that it gives as base64, in characters of base64. */
export const MAX_BASE64_CHARACTERS = 1_330_000;
/** A response that a function generates, headers and body. */
export const MAX_RESPONSE_BYTES = 1_000_000;
/** The URL, and the request without its body. */
export const MAX_URL_BYTES = 8_192;
export const MAX_HEAD_BYTES = 20_480;
/** How long a function may take, in milliseconds. */
export const FUNCTION_TIMEOUT = 30_000;
/** How long an origin may keep still, in milliseconds. */
export const ORIGIN_TIMEOUT = 30_000;
