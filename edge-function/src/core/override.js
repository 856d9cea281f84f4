// What a client says beside its method and its path, and an origin may take for them. Then it is not known which it is, and every limit is
// taken to be for it.

/** Headers that frameworks read in place of the method, and of the path. Gateways such as CGI and WSGI take `_` and `-` for the same. */
const METHOD_HEADER = /^x[-_](http[-_]method([-_]override)?|method[-_]override)$/i;
const PATH_HEADER = /^x[-_](original|rewrite)[-_]url$/i;
/**
 * The parameter of the query string that some read in place of the method, `_method`. PHP makes `_` of a dot or a blank in a name, leaves out blanks before
 * it, and ends it at a NUL; others end a parameter at `;`, too. What takes too much for it does no harm.
 */
const METHOD_PARAMETER = /(^|[&;])\s*[_. ]method(?![\w-])/i;

/**
 * The method, where an origin can take the request for no other: methods as they are registered, for some origins do not care about case.
 * @param {import("./request.js").Request} request
 * @returns {string | undefined}
 */
export function knownMethod({ method, query, headers }) {
  const isPlain = /^[A-Z]+(-[A-Z]+)*$/.test(method);
  return isPlain && !hasAny(headers, METHOD_HEADER) && !hasMethodParameter(query) ? method : undefined;
}

/**
 * The path, where an origin can take the request for no other.
 * @param {import("./request.js").Request} request
 * @returns {string | undefined}
 */
export function knownPath({ path, headers }) {
  return hasAny(headers, PATH_HEADER) ? undefined : path;
}

/**
 * @param {import("./request.js").Header[]} headers
 * @param {RegExp} names
 */
function hasAny(headers, names) {
  return headers.some(({ name }) => names.test(name));
}

/** @param {string} query */
function hasMethodParameter(query) {
  // Nothing else is that name, once it is decoded.
  if (!/method|%/i.test(query)) return false;
  const decoded = query
    .replaceAll("+", " ")
    .replace(/%([0-9a-f]{2})/gi, (_, byte) => String.fromCharCode(Number.parseInt(byte, 16)));
  return METHOD_PARAMETER.test(decoded);
}
