// Headers of an event: lists of values by name, as the core's one list, and back.

/**
 * @typedef {import("../../types/cloudfront.d.ts").CloudFrontHeaders} CloudFrontHeaders
 * @typedef {import("../core/request.js").Header & { key?: string | undefined }} Header
 */

/**
 * CloudFront writes names in lower case. One that is not must still not hide a header.
 * @param {CloudFrontHeaders} headers
 * @returns {Header[]}
 */
export function toList(headers) {
  const list = [];
  for (const [name, values] of Object.entries(headers)) {
    for (const { key, value } of values) list.push({ name, key, value });
  }
  return list;
}

/**
 * @param {Header[]} list
 * @returns {CloudFrontHeaders}
 */
export function fromList(list) {
  /** @type {Map<string, import("../../types/cloudfront.d.ts").CloudFrontHeader[]>} */
  const headers = new Map();
  for (const { name, key, value } of list) {
    // One that is new has no `key` yet.
    const property = key === undefined ? name.toLowerCase() : name;
    headers.set(property, [...(headers.get(property) ?? []), { key: key ?? name, value }]);
  }
  return Object.fromEntries(headers);
}
