// The head of an incoming message of node:http: URL and headers, in all the places where frameworks look for them.

/**
 * @typedef {import("../core/request.js").Header} Header
 * @typedef {import("node:http").IncomingMessage} IncomingMessage
 *
 * What Express and Connect add to a message.
 * @typedef {{ originalUrl?: unknown, baseUrl?: unknown, query?: unknown, app?: { get?: (name: string) => unknown } }} Extras
 */

/**
 * As they came: `headers` has only one of two content types.
 * @param {IncomingMessage} incoming
 * @returns {Header[]}
 */
export function readHeaders({ rawHeaders }) {
  return rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [{ name, value: rawHeaders[i + 1] ?? "" }] : []));
}

/**
 * @param {IncomingMessage} incoming
 * @param {Header[]} before
 * @param {Header[]} after
 */
export function writeHeaders(incoming, before, after) {
  const [old, now] = [byName(before), byName(after)];
  // Both are made of the raw ones when they are first asked for, and that many.
  const { headers, headersDistinct } = incoming;
  incoming.rawHeaders = after.flatMap(({ name, value }) => [name, value]);
  for (const name of new Set([...old.keys(), ...now.keys()])) {
    const values = now.get(name);
    if (values?.join("\n") === old.get(name)?.join("\n")) continue;
    delete headers[name];
    delete headersDistinct[name];
    if (values === undefined) continue;
    headers[name] = values.join(name === "cookie" ? "; " : ", ");
    headersDistinct[name] = values;
  }
}

/**
 * The path of the whole URL, if it can be told: a router that a middleware is mounted in cuts off what it has matched, and others
 * may have changed the rest.
 * @param {IncomingMessage & Extras} incoming
 */
export function readPath({ url = "", originalUrl = url, baseUrl = "" }) {
  if (typeof originalUrl !== "string" || originalUrl !== `${baseUrl}${url}`) return undefined;
  const [path] = split(originalUrl);
  return path.startsWith("/") ? path : undefined;
}

/** @param {IncomingMessage} incoming */
export function readQuery({ url = "" }) {
  return split(url)[1];
}

/**
 * @param {IncomingMessage & Extras} incoming
 * @param {string} query
 */
export function writeQuery(incoming, query) {
  incoming.url = `${split(incoming.url ?? "")[0]}?${query}`;
  if (typeof incoming.originalUrl === "string") incoming.originalUrl = `${split(incoming.originalUrl)[0]}?${query}`;
  // Express 4 has parsed the old one before any middleware; later ones parse when they are asked.
  if (!Object.hasOwn(incoming, "query")) return;
  const parse = incoming.app?.get?.("query parser fn");
  incoming.query = typeof parse === "function" ? parse(query) : Object.fromEntries(new URLSearchParams(query));
}

/**
 * @param {string} url
 * @returns {[path: string, query: string]}
 */
function split(url) {
  const at = url.indexOf("?");
  return at === -1 ? [url, ""] : [url.slice(0, at), url.slice(at + 1)];
}

/**
 * @param {Header[]} headers
 * @returns {Map<string, string[]>}
 */
function byName(headers) {
  const names = new Map();
  for (const { name, value } of headers) names.set(name.toLowerCase(), [...(names.get(name.toLowerCase()) ?? []), value]);
  return names;
}
