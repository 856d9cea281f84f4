// The compiled wasm module, from the package's file: for Node.js, Deno and Bun.

import { compileFastest } from "./forms.js";

/** @type {WebAssembly.Module | undefined} */
let module;

/** @type {typeof import("../types/module.d.ts").loadModule} */
export function loadModule() {
  // Not before it is called: a bundle in another format of modules has no `import.meta.url`, and may be given its module.
  return (module ??= compileFastest({
    "edgeseal_relaxed_bg.wasm": new URL("../wasm/edgeseal_relaxed_bg.wasm", import.meta.url),
    "edgeseal_bg.wasm": new URL("../wasm/edgeseal_bg.wasm", import.meta.url),
    "edgeseal_scalar_bg.wasm": new URL("../wasm/edgeseal_scalar_bg.wasm", import.meta.url),
  }));
}
