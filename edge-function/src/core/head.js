// The head of a request as it goes on: its headers with other values, and whether the platform takes it.

import { refusal } from "./refusal.js";

/**
 * @typedef {import("./request.js").Header} Header
 *
 * New values of headers, `undefined` for those that go.
 * @typedef {Map<Header, string | undefined>} Edits
 */

/**
 * @param {Header[]} headers
 * @param {Edits} edits
 * @returns {Header[]} the same list if nothing changes
 */
export function withEdits(headers, edits) {
  if (edits.size === 0) return headers;
  return headers.flatMap((header) => {
    if (!edits.has(header)) return [header];
    const value = edits.get(header);
    return value === undefined ? [] : [{ ...header, value }];
  });
}

/**
 * Refuses what the platform would not send on. A head that does not change was short enough when it came.
 * @param {import("./request.js").Request} request
 * @param {import("./request.js").Changes} changes
 * @param {import("./request.js").HeadLimits | undefined} limits
 */
export function refuseLongHead(request, { query, headers }, limits) {
  if (limits === undefined || (query === undefined && headers === undefined)) return;
  const url = bytesIn(`${request.path ?? ""}?${query ?? request.query}`);
  const fields = (headers ?? request.headers).map(({ name, value }) => bytesIn(`${name}: ${value}\r\n`));
  const framing = bytesIn(`${request.method}  HTTP/1.1\r\n\r\n`);
  const head = fields.reduce((sum, bytes) => sum + bytes, url + framing);
  if (url > limits.url || head > limits.head) throw refusal("head_too_large");
}

/** @param {string} text */
function bytesIn(text) {
  return new TextEncoder().encode(text).length;
}
