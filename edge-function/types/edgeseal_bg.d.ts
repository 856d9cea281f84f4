import type { WasmModule } from "./wasm-module.d.ts";

/** The compiled wasm module, where a host or a bundler makes a module of the file. */
declare const module: WasmModule;
export default module;
