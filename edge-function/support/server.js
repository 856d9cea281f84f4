// HTTP servers for tests, on free ports of this machine.

import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";

/**
 * @param {import("node:http").RequestListener} listener
 * @returns {Promise<{ url: string, port: number, close: () => void }>}
 */
export async function serve(listener) {
  const server = createServer(listener);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}`, port, close };
}

/** An origin that keeps what it gets. */
export async function serveOrigin() {
  /** @type {(Pick<import("node:http").IncomingMessage, "method" | "url" | "headers"> & { body: Buffer })[]} */
  const kept = [];
  const server = await serve(async (incoming, outgoing) => {
    const { method, url, headers } = incoming;
    kept.push({ method, url, headers, body: await buffer(incoming) });
    outgoing.writeHead(201).end();
  });
  return { ...server, kept };
}
