// The wasm instance: one at a time for the whole process, a fresh one after a trap.

import { __wbg_reset_state as reset, initSync } from "../../wasm/edgeseal.js";
import { isEdgeSealError } from "./refusal.js";

/** Memory of an instance never shrinks. One that a large body made grow beyond this is replaced, in bytes. */
const MAX_KEPT_BYTES = 64 * 1024 * 1024;

/** Counts instances. An object of an older one is of no use any more. */
let generation = 0;
let usable = false;

/**
 * Calls into wasm. Whatever comes out that is not the library's own error is taken for a trap: then the memory is in no state
 * that anybody vouches for, and the next call gets a fresh instance.
 * @template T
 * @param {WebAssembly.Module} module the first one that is given serves everybody
 * @param {(generation: number) => T} work synchronous
 * @returns {T}
 */
export function withInstance(module, work) {
  const { memory } = usable ? initSync({ module }) : start(module);
  try {
    return work(generation);
  } catch (error) {
    if (!isEdgeSealError(error)) usable = false;
    throw error;
  } finally {
    if (memory.buffer.byteLength > MAX_KEPT_BYTES) usable = false;
  }
}

/** @param {WebAssembly.Module} module */
function start(module) {
  const exports = generation === 0 ? initSync({ module }) : restart(module);
  generation += 1;
  usable = true;
  return exports;
}

/** @param {WebAssembly.Module} module */
function restart(module) {
  reset();
  return initSync({ module });
}
