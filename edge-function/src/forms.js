// The forms of the wasm module that encrypts: the same code, compiled for engines that know more instructions, and for those that know
// fewer. All of them give the same bytes.

import { readFileSync } from "node:fs";

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

/**
 * The module, compiled from the fastest form that this engine can compile and that is there.
 * @param {Record<string, URL>} places file → where it would be. Whoever calls this writes each as `new URL("…", import.meta.url)`: that is
 *   what bundlers and tracers of files follow
 */
export function compileFastest(places) {
  const candidates = supportedForms().flatMap((file) => places[file] ?? []);
  for (const place of candidates) {
    const content = readIfThere(place);
    if (content !== undefined) return new WebAssembly.Module(content);
  }
  throw new Error(`there is none of ${candidates.join(", ")}`);
}

/** @param {URL} place */
function readIfThere(place) {
  try {
    return readFileSync(place);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** @param {string} digits */
function bytes(digits) {
  return Uint8Array.from(digits.match(/[0-9a-f]{2}/g) ?? [], (pair) => Number.parseInt(pair, 16));
}
