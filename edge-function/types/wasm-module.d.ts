/**
 * A `WebAssembly.Module`. Programs whose libraries do not describe one, such as those for Node.js without `dom`, can take it from
 * `edgeseal/module`.
 */
export type WasmModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Module } } } ? Module : object;
