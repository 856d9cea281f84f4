// A request as the core sees it, and what it changes of one. Types only.

/**
 * A header. A door may add members of its own, which a changed header keeps.
 * @typedef {{ name: string, value: string }} Header
 *
 * @typedef {object} Request
 * @property {string} method
 * @property {string | undefined} path `undefined`: not known, so that every rule applies
 * @property {string} query without `?`
 * @property {Header[]} headers in their order; a name that came twice stands twice
 * @property {Uint8Array | undefined} body zeroed once the request is settled
 * @property {"hidden" | "cut" | "too long"} [lack] why there are no bytes, if not for want of a body
 *
 * What is `undefined` stays as it is.
 * @typedef {object} Changes
 * @property {Uint8Array | undefined} body
 * @property {string | undefined} query
 * @property {Header[] | undefined} headers all of them
 *
 * The largest request head that the platform takes, in bytes.
 * @typedef {{ url: number, head: number }} HeadLimits
 */

export {};
