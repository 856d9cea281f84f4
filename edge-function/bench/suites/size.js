// Sizes of what is shipped, as it is and as it travels.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import { FORMS } from "../forms.js";
import { compared, measured, nothing } from "../results.js";

/** In kB, for the default form. */
const TARGETS = new Map([["as it is", 250], ["gzipped", 100]]);

const HANDLERS = ["lambda-edge.mjs", "workers.mjs"];

export async function measure() {
  const part = nothing();
  for (const { name, file } of FORMS) {
    if (!existsSync(file)) continue;
    for (const [how, bytes] of sizes(readFileSync(file))) {
      measured(part, { group: "wasm module", case: how, subject: name, unit: "bytes", rounds: [bytes] });
      const target = name === FORMS[0]?.name ? TARGETS.get(how) : undefined;
      compared(part, { name: `${name} module, ${how}`, subject: basename(file.pathname), against: "", unit: "kB", ...(target !== undefined && { target }) }, [bytes / 1000]);
    }
  }
  for (const name of HANDLERS) {
    const file = new URL(`../../dist/${name}`, import.meta.url);
    for (const [how, bytes] of sizes(readFileSync(file))) {
      measured(part, { group: "handlers of one file", case: how, subject: name, unit: "bytes", rounds: [bytes] });
    }
  }
  return part;
}

/**
 * @param {Buffer} bytes
 * @returns {[string, number][]}
 */
function sizes(bytes) {
  const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  return [
    ["as it is", bytes.length],
    ["gzipped", gzip(bytes)],
    ["in Brotli", brotli.length],
  ];
}

/** As `gzip -9` makes it, where it is there: the zlib of Node.js is faster and a little worse. @param {Buffer} bytes */
function gzip(bytes) {
  const { status, stdout } = spawnSync("gzip", ["-9", "-c"], { input: bytes, maxBuffer: 2 ** 26 });
  return status === 0 ? stdout.length : gzipSync(bytes, { level: 9 }).length;
}
