// A server on this machine, and a client that says exactly what it is told.

import { once } from "node:events";
import { Agent, createServer, request as httpRequest } from "node:http";
import { buffer } from "node:stream/consumers";
import { after } from "node:test";

/**
 * @param {import("node:http").Server | import("node:http").RequestListener} listener
 * @returns {Promise<number>} the port
 */
export async function listen(listener) {
  const server = typeof listener === "function" ? createServer(listener) : listener;
  await once(server.listen(0, "127.0.0.1"), "listening");
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return /** @type {import("node:net").AddressInfo} */ (server.address()).port;
}

/**
 * @typedef {object} Sent
 * @property {string} [method]
 * @property {string} [path]
 * @property {Record<string, string>} [headers]
 * @property {string | Uint8Array | (string | Uint8Array)[]} [body] an array goes in chunks
 * @property {Agent} [agent]
 */

/**
 * @param {number} port
 * @param {Sent} sent
 * @returns {Promise<{ status?: number, type?: string | undefined, bytes: Buffer, text: string, json: any, socket: import("node:net").Socket }>}
 */
export async function send(port, { method = "POST", path = "/", headers = {}, body, agent = new Agent() }) {
  const outgoing = httpRequest({ host: "127.0.0.1", port, method, path, headers, agent });
  if (headers.expect !== undefined) {
    outgoing.flushHeaders();
    await once(outgoing, "continue");
  }
  for (const chunk of Array.isArray(body) ? body : []) {
    outgoing.write(chunk);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  outgoing.end(Array.isArray(body) ? undefined : body);
  const [response] = await once(outgoing, "response");
  const { socket } = response;
  const bytes = await buffer(response);
  const text = bytes.toString();
  const type = response.headers["content-type"];
  const json = /json/.test(type ?? "") && text !== "" ? JSON.parse(text) : undefined;
  return { status: response.statusCode, type, bytes, text, json, socket };
}

/** Sends half of a body and goes away. @param {number} port @param {string} path */
export async function breakOff(port, path = "/") {
  const headers = { "content-type": "application/json", "content-length": "1000" };
  const outgoing = httpRequest({ host: "127.0.0.1", port, method: "POST", path, headers, agent: new Agent() });
  outgoing.on("error", () => {});
  outgoing.write('{"ssn":"078-');
  await new Promise((resolve) => setTimeout(resolve, 50));
  outgoing.destroy();
}

export const JSON_TYPE = { "content-type": "application/json" };
export const FORM_TYPE = { "content-type": "application/x-www-form-urlencoded" };
