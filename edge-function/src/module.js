// The compiled wasm module, from the package's file: for Node.js, Deno and Bun.

import { readFileSync } from "node:fs";

const FILE = new URL("../wasm/edgeseal_bg.wasm", import.meta.url);

/** @type {WebAssembly.Module | undefined} */
let module;

/** @type {typeof import("../types/module.d.ts").loadModule} */
export function loadModule() {
  return (module ??= new WebAssembly.Module(readFileSync(FILE)));
}
