// The demonstration: a body through the edge to the origin, and what the origin stored back to plaintext. `cargo xtask demo`
// runs it.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { parseArgs } from "node:util";

import { Cdn } from "../local/cdn.js";
import { columns } from "./columns.js";
import { writeFunction } from "./function.js";
import { createOrigin, listen } from "./origin.js";

/** Requests after the first, to say what the edge takes when it is warm. */
const WARM_REQUESTS = 20;

const text = /** @type {const} */ ({ type: "string" });
const { values: given } = parseArgs({ options: { body: text, policy: text, keyring: text, command: text, out: text } });
const { body = "", policy = "", keyring, command = "edgeseal", out = "." } = given;

const request = readFileSync(body);
const reportFile = join(out, "report.json");
const stdout = new PassThrough();
const log = createInterface({ input: stdout })[Symbol.asyncIterator]();
const origin = createOrigin();
const cdn = new Cdn({
  handler: writeFunction(join(out, "function"), readFileSync(policy, "utf8")),
  origin: new URL(`http://127.0.0.1:${await listen(origin.server)}`),
  stdout,
});
process.exitCode = 1;
try {
  await demonstrate(await cdn.listen(0, "127.0.0.1"));
} finally {
  await cdn.close();
  origin.server.close();
}

/** @param {URL} edge */
async function demonstrate(edge) {
  const { response, entry } = await post(edge);
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
  const warm = [];
  for (let i = 0; i < WARM_REQUESTS; i += 1) warm.push((await post(edge)).entry.microseconds);
  const median = warm.sort((a, b) => a - b)[WARM_REQUESTS / 2];
  console.log(`the edge encrypted ${entry.values ?? 0} values; ${request.length} bytes became ${stored.length}`);
  console.log(`the edge spent ${entry.microseconds} µs on the first request, then ${median} µs (median of ${WARM_REQUESTS})`);
  if (opened === undefined) return succeed();
  const equal = opened.equals(request);
  const calls = kmsCalls();
  if (calls > 0) console.log(`the decryptor made ${calls} calls to AWS KMS, or what stands in for it`);
  console.log(`equal byte for byte: ${equal ? "yes" : "no"}`);
  if (equal) succeed();
}

/**
 * Sends the request; gives the answer, and what the function logged of it.
 * @param {URL} edge
 */
async function post(edge) {
  const headers = { "content-type": "application/json" };
  const response = await fetch(new URL("/people", edge), { method: "POST", headers, body: request });
  const { value } = await log.next();
  return { response, entry: /** @type {import("../types/lambda-edge.d.ts").LogEntry} */ (JSON.parse(value)) };
}

/**
 * @param {string} keyring
 * @param {string} file
 */
function decrypt(keyring, file) {
  // What it warns of is about the files of keys, and beside the point here; what it fails of is in the error.
  const asked = ["decrypt", "--keyring", keyring, `--report=${reportFile}`, file];
  return execFileSync(command, asked, { maxBuffer: 1 << 26, stdio: "pipe" });
}

/** The calls of the last decryption, as its report has them; keys in files cost none. */
function kmsCalls() {
  /** @type {{ keys: Record<string, { calls: number }> }} */
  const { keys } = JSON.parse(readFileSync(reportFile, "utf8"));
  return Object.values(keys).reduce((sum, key) => sum + key.calls, 0);
}

function succeed() {
  process.exitCode = 0;
}
