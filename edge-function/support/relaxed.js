// Relaxed SIMD in releases of Node.js that have it behind an option: Node.js 20.

import { supportedForms } from "../src/forms.js";

/** Options for a Node.js like this one that is to know relaxed SIMD. */
export const WITH_RELAXED_SIMD = supportedForms().includes("edgeseal_relaxed_bg.wasm") ? [] : ["--experimental-wasm-relaxed-simd"];
