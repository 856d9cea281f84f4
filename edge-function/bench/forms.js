// The forms of the wasm module. The default is the first.

const FOLDER = new URL("../wasm/", import.meta.url);

export const FORMS = [
  { name: "SIMD128", file: new URL("edgeseal_bg.wasm", FOLDER) },
  { name: "relaxed SIMD", file: new URL("edgeseal_relaxed_bg.wasm", FOLDER) },
  { name: "scalar", file: new URL("edgeseal_scalar_bg.wasm", FOLDER) },
];
