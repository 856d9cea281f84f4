import type { WasmModule } from "./wasm-module.d.ts";

/**
 * The compiled wasm module, from the package's file: for Node.js, Deno and Bun. Compiles once. Of its three forms it is the fastest that
 * the engine knows the instructions of and that is there.
 *
 * @throws {Error} if none of the files is there, or one cannot be read
 */
export function loadModule(): WasmModule;
