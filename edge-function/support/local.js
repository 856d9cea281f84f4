// The local CDN between tests and an origin that keeps what it gets.

import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { after } from "node:test";

import { createOrigin, listen } from "../demo/origin.js";
import { Cdn } from "../local/cdn.js";

/** A function that does what the header `x-do` of a request says. */
const handler = new URL("obedient.js", import.meta.url);
const { server, kept } = createOrigin();

export const origin = new URL(`http://127.0.0.1:${await listen(server)}`);
after(() => server.close());

/** @type {import("../local/cdn.js").Entry[]} */
const entries = [];

/** @param {Partial<import("../local/cdn.js").Options>} [options] */
export async function start(options) {
  const stderr = new PassThrough().resume();
  const cdn = new Cdn({ handler, origin, stderr, log: (entry) => void entries.push(entry), ...options });
  after(() => cdn.close());
  return cdn.listen(0, "127.0.0.1");
}

export const url = await start();

/**
 * Sends a request that tells the function what to do; gives the answer, and what the origin got of it.
 * @param {string | undefined} code
 * @param {{ to?: URL, method?: string, path?: string, headers?: Record<string, string | string[]>, body?: string | Buffer }} [request]
 */
export async function send(code, { to = url, method = "POST", path = "/people?a=b", headers = {}, body = "" } = {}) {
  const before = kept.length;
  const length = "transfer-encoding" in headers ? {} : { "content-length": Buffer.byteLength(body) };
  const told = code === undefined ? {} : { "x-do": code.replaceAll("\n", " ") };
  const sent = httpRequest(to, { path, method, headers: { connection: "close", ...told, ...length, ...headers }, agent: false }).end(body);
  const [response] = /** @type {[import("node:http").IncomingMessage]} */ (await once(sent, "response"));
  const said = await text(response);
  return { status: response.statusCode, headers: response.headers, said, kept: kept.slice(before), entry: entries.at(-1) };
}
