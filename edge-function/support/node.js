// A server around node:http behind the middleware, for tests.

import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { buffer, text } from "node:stream/consumers";

import { decrypt } from "../src/decrypt.js";
import { createMiddleware, wrap } from "../src/node.js";
import { ask, KEYRING, policyOf } from "./policy.js";
import { serve } from "./server.js";

export const SSN = "078-05-1120";
export const PERSON = `{"ssn":"${SSN}","n":1.50}`;
export const JSON_TYPE = ["Content-Type", "application/json"];
export const POLICY = policyOf([{ path: "$..ssn" }, { query: "ssn" }, { header: "x-ssn" }]);

/** @param {string | Uint8Array} content */
export async function opened(content) {
  const { body } = await decrypt(Buffer.from(content), { format: "text", keyring: KEYRING, ask });
  return Buffer.from(body).toString();
}

/**
 * @typedef {object} Server
 * @property {import("../types/node.d.ts").MiddlewareOptions} [options]
 * @property {string} [policy]
 * @property {(incoming: any, outgoing: any) => unknown} [listener] behind the middleware; by default one that reads the body
 * @property {(incoming: any, outgoing: any) => unknown} [before] the middleware
 */

/**
 * Sends one request to a server that says what its listener saw, behind a middleware.
 * @param {{ method?: string, path?: string, headers?: string[], body?: string | Uint8Array }} request
 * @param {Server} [server]
 */
export async function sent(request, { options, policy = POLICY, listener, before } = {}) {
  const { method = "POST", path = "/", headers = JSON_TYPE, body } = request;
  /** @type {any} */
  let entry;
  /** @type {any} */
  let seen;
  const middleware = createMiddleware(policy, { log: (said) => void (entry = said), ...options });
  const look = async (/** @type {any} */ incoming, /** @type {any} */ outgoing) => {
    seen = { incoming, content: await buffer(incoming) };
    outgoing.end("ok");
  };
  const sealed = wrap(middleware, listener ?? look);
  const server = await serve(async (incoming, outgoing) => {
    await before?.(incoming, outgoing);
    await sealed(incoming, outgoing);
  });
  try {
    const to = { host: "127.0.0.1", port: server.port, agent: false };
    const outgoing = httpRequest({ ...to, method, path, headers: ["Host", "a", ...headers] });
    outgoing.end(body);
    const [response] = await once(outgoing, "response");
    return { status: response.statusCode, headers: response.headers, text: await text(response), entry, seen };
  } finally {
    server.close();
  }
}
