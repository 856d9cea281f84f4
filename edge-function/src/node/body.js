// The body of an incoming message of node:http: read up to a limit, and given back to be read again.

import { Readable } from "node:stream";

import { concat } from "../core/bytes.js";

/** @typedef {import("node:http").IncomingMessage} IncomingMessage */

/**
 * The bytes of a body in a buffer of their own, or why there are none. Then the stream is over and done with.
 * @param {IncomingMessage} incoming
 * @param {number} limit in bytes
 * @returns {Promise<Pick<import("../core/request.js").Request, "body" | "lack">>}
 */
export function readBody(incoming, limit) {
  // What somebody else has read, or reads as text, nobody can vouch for; and a stream of HTTP/2 is not made anew this way.
  const { readableDidRead, readableEncoding, httpVersionMajor } = incoming;
  if (readableDidRead || readableEncoding !== null || httpVersionMajor !== 1) throw new Error("the body cannot be read here");
  return new Promise((resolve) => {
    /** @type {Uint8Array[]} */
    const chunks = [];
    let length = 0;
    // Errors are followed by `close`. A stream that is closed at its end is not destroyed any more when it is made anew.
    incoming.on("data", take).on("close", settle).on("error", ignore);

    /** @param {Uint8Array} chunk */
    function take(chunk) {
      chunks.push(chunk);
      length += chunk.length;
      if (length <= limit) return;
      // The rest is read and forgotten until the answer is out, or the client might not see it.
      incoming.off("data", take).off("close", settle).resume();
      resolve({ body: undefined, lack: "too long" });
    }

    function settle() {
      incoming.off("data", take).off("close", settle).off("error", ignore);
      const isWhole = incoming.complete && incoming.readableEnded;
      resolve(isWhole ? { body: concat(chunks) } : { body: undefined, lack: "cut" });
    }
  });
}

/**
 * Gives a message a body that nobody has read yet. What frames it in the headers is the caller's. Trailers are dropped, as recipients may
 * (RFC 9110, section 6.5.1): nobody has looked at them.
 * @param {IncomingMessage} incoming whose stream has closed
 * @param {Uint8Array} body
 */
export function giveBody(incoming, body) {
  // Constructors of node:stream may be called on an object that is there: whoever holds this one reads the new body.
  Reflect.apply(Readable, incoming, [{ read: ignore }]);
  Object.assign(incoming, { trailers: {}, trailersDistinct: {}, rawTrailers: [] });
  if (body.length > 0) incoming.push(body);
  incoming.push(null);
}

function ignore() {}
