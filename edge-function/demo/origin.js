// An origin that keeps what it gets.

import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";

/**
 * @typedef {{ method: string, url: string, headers: import("node:http").IncomingHttpHeaders, body: Buffer }} Kept
 */

/** An HTTP server that is not listening yet, and the requests that came to it. */
export function createOrigin() {
  /** @type {Kept[]} */
  const kept = [];
  // It takes what a CDN sends, and leaves it to that to refuse.
  const server = createServer({ maxHeaderSize: 65_536 }, async (incoming, outgoing) => {
    const { method = "", url = "", headers } = incoming;
    kept.push({ method, url, headers, body: await buffer(incoming) });
    outgoing.writeHead(201).end();
  });
  return { server, kept };
}

/**
 * Listens on a free port of this machine, and says which.
 * @param {import("node:http").Server} server
 * @returns {Promise<number>}
 */
export async function listen(server) {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  return /** @type {import("node:net").AddressInfo} */ (server.address()).port;
}
