// Node.js: a middleware for Express, Connect and every other server around node:http.

import { createGate } from "./core/gate.js";
import { checkBytes } from "./core/options.js";
import { loadModule } from "./module.js";
import { giveBody, readBody } from "./node/body.js";
import { readHeaders, readPath, readQuery, writeHeaders, writeQuery } from "./node/head.js";

/** One MiB: as much as CloudFront shows of a body. */
const MAX_INPUT_BYTES = 1_048_576;

/**
 * @typedef {object} Exchange
 * @property {import("node:http").IncomingMessage} incoming
 * @property {import("node:http").ServerResponse} outgoing
 */

/** @type {typeof import("../types/node.d.ts").createMiddleware} */
export function createMiddleware(policy, { module = loadModule, maxInputBytes = MAX_INPUT_BYTES, ...options } = {}) {
  checkBytes("maxInputBytes", maxInputBytes);
  const gate = createGate(policy, options, { module }, { read, forward, refuse });
  return async (incoming, outgoing, next) => {
    if (await gate({ incoming, outgoing })) next();
  };

  /** @param {Exchange} exchange */
  async function read({ incoming }) {
    const { method = "" } = incoming;
    const body = await readBody(incoming, maxInputBytes);
    return { method, path: readPath(incoming), query: readQuery(incoming), headers: readHeaders(incoming), ...body };
  }
}

/** @type {typeof import("../types/node.d.ts").wrap} */
export function wrap(middleware, listener) {
  return (incoming, outgoing) => middleware(incoming, outgoing, () => listener(incoming, outgoing));
}

/**
 * @param {Exchange} exchange
 * @param {import("./core/request.js").Request} request
 * @param {import("./core/request.js").Changes} changes
 * @returns {boolean}
 */
function forward({ incoming }, request, { body, query, headers = request.headers }) {
  const framed = body === undefined ? headers : withLength(headers, body.length);
  if (framed !== request.headers) writeHeaders(incoming, request.headers, framed);
  if (query !== undefined) writeQuery(incoming, query);
  // A copy of what came: it is about to be zeroed.
  giveBody(incoming, body ?? request.body?.slice() ?? new Uint8Array());
  return true;
}

/**
 * @param {import("./core/request.js").Header[]} headers
 * @param {number} length
 */
function withLength(headers, length) {
  const others = headers.filter(({ name }) => !/^(content-length|transfer-encoding)$/i.test(name));
  return [...others, { name: "Content-Length", value: String(length) }];
}

/**
 * @param {Exchange} exchange
 * @param {import("./core/refusal.js").Problem} problem
 * @returns {boolean}
 */
function refuse({ incoming, outgoing }, { status, title, headers, body }) {
  // Whoever gave up waiting has answered.
  if (outgoing.headersSent) return false;
  const fields = Object.fromEntries([...headers, ["Content-Length", String(Buffer.byteLength(body))]]);
  // What is left of a body would be taken for the next request.
  if (!incoming.complete && incoming.httpVersionMajor === 1) fields.Connection = "close";
  outgoing.writeHead(status, title, fields).end(body);
  return false;
}
