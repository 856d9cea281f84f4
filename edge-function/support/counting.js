// The wasm module with a counter in it: one more for each call of a function and each round of a loop. So what a body costs can be told
// without a clock. A long copy or comparison that the engine does at once counts as nothing.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const WASM_OPT = fileURLToPath(new URL("../node_modules/binaryen/bin/wasm-opt", import.meta.url));
const FEATURES = ["simd", "bulk-memory", "multivalue", "mutable-globals", "nontrapping-float-to-int", "reference-types", "sign-ext"];

let count = 0;

/** How much was done so far. */
export function counted() {
  return count;
}

/**
 * A module as it is shipped, but for the counter. From now on every instance of this process is given what it counts with.
 * @param {string} [name]
 * @returns {WebAssembly.Module}
 */
export function countingModule(name = "edgeseal_bg.wasm") {
  const folder = mkdtempSync(join(tmpdir(), "edgeseal-counting-"));
  try {
    const [from, to] = [fileURLToPath(new URL(`../wasm/${name}`, import.meta.url)), join(folder, "counting.wasm")];
    execFileSync(process.execPath, [WASM_OPT, ...FEATURES.map((name) => `--enable-${name}`), "--log-execution", from, "-o", to]);
    const module = new WebAssembly.Module(readFileSync(to));
    WebAssembly.Instance = class extends WebAssembly.Instance {
      /** @param {WebAssembly.Module} module @param {WebAssembly.Imports} [imports] */
      constructor(module, imports = {}) {
        for (const functions of Object.values(imports)) functions.log_execution = () => void (count += 1);
        super(module, imports);
      }
    };
    return module;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
