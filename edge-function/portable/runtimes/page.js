// A page of this package in Chromium, which sends a result back.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

import { openPage } from "./chromium.js";
import { graphOf, ROOT } from "./graph.js";
import { within } from "./process.js";

/** How long a page may take, in milliseconds. */
const TIMEOUT = 50_000;

/**
 * What the page posts to /result. It may fetch its own modules, the wasm module, and /material.json.
 * @param {string} entry its module, a path relative to the package's folder
 * @param {unknown} material
 * @param {string} [search] of its URL
 * @param {(pid: number | undefined) => void} [look] is given Chromium's process while the page that sent the result is still open
 * @returns {Promise<any>}
 */
export async function resultOf(entry, material, search = "", look = () => {}) {
  const { server, result } = serve(entry, material);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  try {
    return await openFor(result, `http://127.0.0.1:${port}/${search}`, look);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/**
 * Keeps a page open until there is a result.
 * @param {Promise<any>} result
 * @param {string} url
 * @param {(pid: number | undefined) => void} look
 */
async function openFor(result, url, look) {
  const page = openPage(url);
  try {
    const ended = page.ended.then(() => {
      throw new Error(`Chromium ended: ${page.stderr()}`);
    });
    const given = await within(Promise.race([result, ended]), TIMEOUT, () => `Chromium gave no result: ${page.stderr()}`);
    look(page.pid);
    return given;
  } finally {
    await page.stop();
  }
}

/**
 * @param {string} entry
 * @param {unknown} material
 */
function serve(entry, material) {
  const files = new Set([...graphOf(entry), "wasm/edgeseal_bg.wasm"].map((path) => `/${path}`));
  /** @type {(result: any) => void} */
  let settle;
  const result = new Promise((resolve) => (settle = resolve));
  const server = createServer(async (incoming, outgoing) => {
    const [path = ""] = (incoming.url ?? "").split("?");
    if (path === "/") {
      outgoing.setHeader("content-type", "text/html").end(`<!doctype html><script type="module" src="/${entry}"></script>`);
    } else if (path === "/material.json") {
      outgoing.setHeader("content-type", "application/json").end(JSON.stringify(material));
    } else if (path === "/result") {
      settle(JSON.parse(await text(incoming)));
      outgoing.end();
    } else if (files.has(path)) {
      const type = path.endsWith(".wasm") ? "application/wasm" : "text/javascript";
      outgoing.setHeader("content-type", type).end(readFileSync(new URL(path.slice(1), ROOT)));
    } else {
      outgoing.writeHead(404).end();
    }
  });
  return { server, result };
}
