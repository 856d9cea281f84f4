// The compiled wasm module, from the package's file: for Node.js, Deno and Bun.

import { readFileSync } from "node:fs";

import { supportedForms } from "./forms.js";

/** @type {WebAssembly.Module | undefined} */
let module;

/** @type {typeof import("../types/module.d.ts").loadModule} */
export function loadModule() {
  return (module ??= new WebAssembly.Module(readFileSync(new URL(`../wasm/${supportedForms()[0]}`, import.meta.url))));
}
