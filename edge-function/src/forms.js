// The forms of the wasm module that encrypts: the same code, compiled for engines that know more instructions, and for those that know
// fewer. All of them give the same bytes.

const HEAD = "0061736d010000000105016000017b03020100";

/** The least module with an instruction of a kind, in hexadecimal digits: an engine that does not know it finds it invalid. */
const RELAXED_SIMD = `${HEAD}0a0f010d004100fd0f4100fd0ffd80020b`;
const SIMD128 = `${HEAD}0a080106004100fd0f0b`;

/** Files, from the fastest. */
const FORMS = [
  { file: "edgeseal_relaxed_bg.wasm", probe: RELAXED_SIMD },
  { file: "edgeseal_bg.wasm", probe: SIMD128 },
  { file: "edgeseal_scalar_bg.wasm", probe: undefined },
];

/** The names of the files that this engine can compile, the fastest first. */
export function supportedForms() {
  return FORMS.filter(({ probe }) => probe === undefined || WebAssembly.validate(bytes(probe))).map(({ file }) => file);
}

/** @param {string} digits */
function bytes(digits) {
  return Uint8Array.from(digits.match(/[0-9a-f]{2}/g) ?? [], (pair) => Number.parseInt(pair, 16));
}
