// A request with other parts. The parts of a `Request` cannot be changed, and its body can be read once: a new one is made.

/** What a request says beside method, URL, headers and body, and what it says if nobody said anything. */
const MEMBERS = /** @type {const} */ ([
  ["cache", "default"],
  ["cf", undefined],
  ["credentials", "same-origin"],
  ["integrity", ""],
  ["keepalive", false],
  ["mode", "cors"],
  ["redirect", "follow"],
  ["referrer", "about:client"],
  ["referrerPolicy", ""],
  ["signal", undefined],
]);

/**
 * @param {Request} request whose body may have been read
 * @param {Uint8Array | undefined} before the body that was read, if there is one
 * @param {import("../core/request.js").Changes} changes
 * @returns {Request}
 */
export function rebuild(request, before, { body, query, headers }) {
  const url = new URL(request.url);
  if (query !== undefined) url.search = query;
  const fields = new Headers(headers?.map(({ name, value }) => [name, value]) ?? request.headers);
  // A copy: the bytes that came are about to be zeroed, and some runtimes keep a body by reference.
  const content = body ?? before?.slice();
  if (content !== undefined) {
    if (fields.has("content-length")) fields.set("content-length", String(content.length));
    fields.delete("transfer-encoding");
  }
  return new Request(url, {
    ...membersOf(request),
    method: request.method,
    headers: fields,
    // GET and HEAD take none, not even an empty one.
    ...(content !== undefined && content.length > 0 && { body: /** @type {BodyInit} */ (content) }),
  });
}

/**
 * What differs from its default: not every runtime takes every default.
 * @param {Request} request
 * @returns {RequestInit}
 */
function membersOf(request) {
  const all = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (request));
  const said = MEMBERS.filter(([name, silent]) => all[name] !== undefined && all[name] !== null && all[name] !== silent);
  const members = Object.fromEntries(said.map(([name]) => [name, all[name]]));
  // Nobody can make a request for navigation; `new Request(request)` takes this for it too.
  return members.mode === "navigate" ? { ...members, mode: "same-origin" } : members;
}
