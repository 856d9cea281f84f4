// A CloudFront distribution for this machine: HTTP in, an origin-request event to the function, what it gives back on to the origin.

import { once } from "node:events";
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";

import { Environments } from "./environments.js";
import { checkHead, toEvent, toRequest } from "./event.js";
import { FUNCTION_TIMEOUT, ORIGIN_TIMEOUT } from "./limits.js";
import { send, without } from "./origin.js";
import { Refusal } from "./refusal.js";
import { forwarded, generated, isGenerated } from "./result.js";

/** Beyond CloudFront's own limit, so that this server answers and not Node.js. */
const MAX_HEADER_SIZE = 131_072;

/**
 * @typedef {import("node:http").IncomingMessage} IncomingMessage
 * @typedef {import("node:http").ServerResponse} ServerResponse
 *
 * @typedef {object} Options
 * @property {URL} handler the file of the function
 * @property {URL} origin
 * @property {boolean} [includeBody] default: true
 * @property {boolean} [cold] whether every request gets a new execution environment
 * @property {boolean} [strict] whether a body that CloudFront would cut is refused
 * @property {number} [timeout] of the function, in milliseconds
 * @property {number} [originTimeout] in milliseconds
 * @property {NodeJS.WritableStream} [stdout] of the function
 * @property {NodeJS.WritableStream} [stderr] of the function
 * @property {(entry: Entry) => void} [log] called once for each request
 *
 * What became of a request. Holds nothing of a body, a query string or a header.
 * @typedef {object} Entry
 * @property {string} method
 * @property {string} path
 * @property {number} status
 * @property {"origin" | "function" | "cdn"} by who answered
 * @property {string} [reason] why, if it was the CDN
 * @property {number} [received] bytes of the body that came
 * @property {number} [sent] bytes of the body that went to the origin
 * @property {number} [cut] bytes of the function's body that were lost
 * @property {number} milliseconds
 */

export class Cdn {
  #options;
  #environments;
  #server;

  /** @param {Options} options */
  constructor(options) {
    const { handler, timeout = FUNCTION_TIMEOUT, stdout = process.stdout, stderr = process.stderr, cold = false } = options;
    this.#options = { includeBody: true, strict: false, originTimeout: ORIGIN_TIMEOUT, log: () => {}, ...options };
    this.#environments = new Environments({ handler, timeout, stdout, stderr }, cold);
    this.#server = createServer({ maxHeaderSize: MAX_HEADER_SIZE }, (incoming, outgoing) => void this.#serve(incoming, outgoing));
  }

  /**
   * Loads the handler and listens.
   * @param {number} port 0 for a free one
   * @param {string} host
   * @returns {Promise<URL>} where
   */
  async listen(port, host) {
    await this.#environments.warm();
    this.#server.listen(port, host);
    await once(this.#server, "listening");
    const { address, family, port: given } = /** @type {import("node:net").AddressInfo} */ (this.#server.address());
    return new URL(`http://${family === "IPv6" ? `[${address}]` : address}:${given}`);
  }

  /** Answers the requests that are under way, and stops. */
  async close() {
    const closed = this.#server.listening ? once(this.#server, "close") : undefined;
    this.#server.close();
    this.#server.closeIdleConnections();
    await closed;
    await this.#environments.stop();
  }

  /**
   * @param {IncomingMessage} incoming
   * @param {ServerResponse} outgoing
   */
  async #serve(incoming, outgoing) {
    const start = performance.now();
    const { method = "", url = "" } = incoming;
    /** @type {Pick<Entry, "by" | "reason" | "received" | "sent" | "cut">} */
    let entry;
    try {
      entry = await this.#decide(incoming, outgoing);
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal(500, `edgeseal-local failed: ${error}`);
      refuse(outgoing, refusal);
      entry = { by: "cdn", reason: refusal.message };
    }
    const [path = ""] = url.split("?");
    const milliseconds = Math.round((performance.now() - start) * 10) / 10;
    this.#options.log({ method, path, status: outgoing.statusCode, ...entry, milliseconds });
  }

  /**
   * @param {IncomingMessage} incoming
   * @param {ServerResponse} outgoing
   * @returns {Promise<Pick<Entry, "by" | "received" | "sent" | "cut">>}
   */
  async #decide(incoming, outgoing) {
    checkHead(incoming);
    const content = await buffer(incoming).catch(() => {
      throw new Refusal(400, "the request did not come to its end");
    });
    const { origin, originTimeout, strict } = this.#options;
    const { requestId, request } = toRequest(incoming, content, this.#options);
    const result = await this.#environments.invoke(toEvent(requestId, request));
    const received = content.length;
    if (isGenerated(result)) {
      const { status, description, headers, content: body } = generated(result);
      const said = ["Content-Length", String(body.length), "X-Cache", "LambdaGeneratedResponse from edgeseal-local"];
      outgoing.writeHead(status, description, [...without(headers), ...said]).end(body);
      return { by: "function", received };
    }
    const { cut, ...onward } = forwarded(result, request, content);
    if (cut > 0 && strict) throw new Refusal(502, `CloudFront would cut ${cut} bytes off the function's body`);
    onward.headers.push("X-Amz-Cf-Id", requestId);
    await relay(await send(origin, { method: request.method, ...onward }, originTimeout), outgoing);
    return { by: "origin", received, sent: onward.content.length, cut };
  }
}

/**
 * @param {IncomingMessage} response the origin's
 * @param {ServerResponse} outgoing
 */
async function relay(response, outgoing) {
  const { statusCode = 502, statusMessage = "", rawHeaders } = response;
  outgoing.writeHead(statusCode, statusMessage, [...without(rawHeaders), "X-Cache", "Miss from edgeseal-local"]);
  // A viewer or an origin that goes away is no concern of the next request.
  await pipeline(response, outgoing).catch(() => {});
}

/**
 * @param {ServerResponse} outgoing
 * @param {Refusal} refusal
 */
function refuse(outgoing, { status, message }) {
  // What is left of a request that is too long would be taken for the next one.
  const text = Buffer.from(`${message}\n`);
  const headers = { "Content-Type": "text/plain; charset=utf-8", "Content-Length": text.length, "X-Cache": "Error from edgeseal-local" };
  outgoing.writeHead(status, { ...headers, Connection: "close" }).end(text);
}
