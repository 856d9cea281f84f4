// The header that tells the origin how many values were encrypted.

/** @typedef {import("./request.js").Header} Header */

/** Names that frame or route the message, that mean something else, or that a CDN does not let a function change. */
const RESERVED = [
  /^(connection|expect|host|keep-alive|te|trailer|transfer-encoding|upgrade|via)$/,
  /^(accept|content|if|proxy)-/,
  /^(authorization|cookie)$/,
  /^x-(accel|amz|amzn|edge|forwarded)-|^x-cache$|^x-real-ip$/,
];

/**
 * Whether this can be the name of the header.
 * @param {unknown} name
 */
export function isCountHeader(name) {
  if (typeof name !== "string" || !/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/.test(name)) return false;
  return !RESERVED.some((names) => names.test(name.toLowerCase()));
}

/**
 * The headers with the count. A header of that name that came is removed: no client shall say it.
 * @param {Header[]} headers
 * @param {string | undefined} name
 * @param {number} count
 */
export function withCount(headers, name, count) {
  if (name === undefined) return headers;
  const others = headers.filter((header) => fold(header.name) !== fold(name));
  return [...others, { name, value: String(count) }];
}

/** Gateways such as CGI and WSGI take `_` and `-` for the same. @param {string} name */
function fold(name) {
  return name.toLowerCase().replaceAll("_", "-");
}
