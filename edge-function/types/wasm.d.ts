// Files that a host or a bundler makes modules of.

declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

declare module "*/policy.json" {
  const policy: unknown;
  export default policy;
}
