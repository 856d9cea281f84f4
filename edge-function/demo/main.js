// The demonstration: a body through the edge to the origin, and what the origin stored back to plaintext. `cargo xtask demo`
// runs it.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { columns } from "./columns.js";
import { createEdge } from "./edge.js";
import { createOrigin, listen } from "./origin.js";

/** Requests after the first, to say what the edge takes when it is warm. */
const WARM_REQUESTS = 20;

const text = /** @type {const} */ ({ type: "string" });
const { values: given } = parseArgs({ options: { body: text, policy: text, keyring: text, command: text, out: text } });
const { body = "", policy = "", keyring, command = "edgeseal", out = "." } = given;

const request = readFileSync(body);
/** @type {import("../types/lambda-edge.d.ts").LogEntry[]} */
const log = [];
const handler = createOriginRequestHandler(readFileSync(policy, "utf8"), { log: (entry) => void log.push(entry) });
const origin = createOrigin();
const edge = createEdge(handler, { port: await listen(origin.server) });
const url = `http://127.0.0.1:${await listen(edge)}/people`;
process.exitCode = 1;
try {
  await demonstrate();
} finally {
  edge.close();
  origin.server.close();
}

async function demonstrate() {
  const response = await post();
  if (!response.ok) {
    console.log(`the edge refused the request: ${await response.text()}`);
    console.log(`the origin stored ${origin.kept.length} requests`);
    return;
  }
  const stored = origin.kept[0]?.body ?? Buffer.alloc(0);
  mkdirSync(out, { recursive: true });
  const file = join(out, "stored.json");
  writeFileSync(file, stored);
  const opened = keyring === undefined ? undefined : decrypt(keyring, file);

  const titles = ["the request", "what the origin stored", "decrypted"];
  const texts = [request, stored, opened].filter((bytes) => bytes !== undefined).map(String);
  console.log(`\n${columns(titles.slice(0, texts.length), texts)}\n`);
  for (let i = 0; i < WARM_REQUESTS; i += 1) await post();
  const [first, ...warm] = log.map(({ microseconds }) => microseconds);
  const median = warm.sort((a, b) => a - b)[WARM_REQUESTS / 2];
  console.log(`the edge encrypted ${log[0]?.values ?? 0} values; ${request.length} bytes became ${stored.length}`);
  console.log(`the edge spent ${first} µs on the first request, then ${median} µs (median of ${WARM_REQUESTS})`);
  if (opened === undefined) return succeed();
  const equal = opened.equals(request);
  console.log(`equal byte for byte: ${equal ? "yes" : "no"}`);
  if (equal) succeed();
}

function post() {
  return fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: request });
}

/**
 * @param {string} keyring
 * @param {string} file
 */
function decrypt(keyring, file) {
  // What it warns of is about the files of keys, and beside the point here; what it fails of is in the error.
  return execFileSync(command, ["decrypt", "--keyring", keyring, file], { maxBuffer: 1 << 26, stdio: "pipe" });
}

function succeed() {
  process.exitCode = 0;
}
