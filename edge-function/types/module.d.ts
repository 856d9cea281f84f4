import type { WasmModule } from "./wasm-module.d.ts";

/**
 * The compiled wasm module, from the package's file: for Node.js, Deno and Bun. Compiles once.
 *
 * @throws {Error} if the file cannot be read
 */
export function loadModule(): WasmModule;
