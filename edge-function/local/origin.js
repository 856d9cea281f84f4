// The way to the origin.

import { request as overHttp } from "node:http";
import { request as overHttps } from "node:https";

import { Refusal } from "./refusal.js";

/** What is between two hops only. */
const HOP = new Set(["connection", "keep-alive", "transfer-encoding"]);

/**
 * @param {URL} origin
 * @param {{ method: string, url: string, headers: string[], content: Buffer }} request
 * @param {number} timeout in milliseconds
 * @returns {Promise<import("node:http").IncomingMessage>}
 */
export function send(origin, { method, url, headers, content }, timeout) {
  const { hostname, port, protocol } = origin;
  const request = protocol === "https:" ? overHttps : overHttp;
  const fields = without(headers, ["content-length"]);
  if (content.length > 0 || ["PATCH", "POST", "PUT"].includes(method)) fields.push("Content-Length", String(content.length));
  return new Promise((resolve, reject) => {
    // URL writes an IPv6 address in brackets, which nobody else wants.
    const host = hostname.replace(/^\[|\]$/g, "");
    const sent = request({ host, port, method, path: url, headers: fields, agent: false, timeout });
    sent.on("timeout", () => sent.destroy(new Refusal(504, "the origin does not answer")));
    sent.on("error", (error) => reject(error instanceof Refusal ? error : new Refusal(502, "the origin cannot be reached")));
    sent.on("response", resolve).end(content);
  });
}

/**
 * The headers of a message for another hop.
 * @param {string[]} raw names and values by turns
 * @param {string[]} [names] to leave out too, in lower case
 */
export function without(raw, names = []) {
  return raw.flatMap((name, i) => {
    const isName = i % 2 === 0;
    return isName && !HOP.has(name.toLowerCase()) && !names.includes(name.toLowerCase()) ? [name, raw[i + 1] ?? ""] : [];
  });
}
