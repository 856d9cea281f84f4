// Wasm instances: one of a module at a time for the whole process, a fresh one after a trap. Of the old one nothing is left.

import { isEdgeSealError } from "./refusal.js";

/** Memory of an instance never shrinks. One that a large body made grow beyond this is replaced, in bytes. */
const MAX_KEPT_BYTES = 64 * 1024 * 1024;

/**
 * What wasm-bindgen makes for a module.
 * @typedef {object} Glue
 * @property {(given: { module: WebAssembly.Module }) => { readonly memory: WebAssembly.Memory }} initSync
 * @property {() => void} reset
 *
 * Calls into wasm. Whatever comes out that is not the library's own error is taken for a trap: then the memory is in no state
 * that anybody vouches for, and the next call gets a fresh instance.
 * @typedef {<T>(module: WebAssembly.Module, work: (generation: number) => T) => T} WithInstance the first module that is given serves
 *   everybody; the work is synchronous, and makes no such call itself
 */

/**
 * @param {Glue} glue
 * @returns {WithInstance}
 */
export function instancesOf({ initSync, reset }) {
  /** Counts instances. An object of an older one is of no use any more. */
  let generation = 0;
  let usable = false;

  return (module, work) => {
    const { memory } = usable ? initSync({ module }) : start(module);
    try {
      return work(generation);
    } catch (error) {
      if (!isEdgeSealError(error)) usable = false;
      throw error;
    } finally {
      if (!usable || memory.buffer.byteLength > MAX_KEPT_BYTES) replace(module, memory);
    }
  };

  /**
   * Leaves nothing in an instance that is given up: until it is collected, it would keep a data key, or the value that it failed at. The
   * fresh one takes its place at once: objects of the old one that are collected are released in the running one, and only there.
   * @param {WebAssembly.Module} module
   * @param {WebAssembly.Memory} memory
   */
  function replace(module, memory) {
    usable = false;
    try {
      new Uint8Array(memory.buffer).fill(0);
      start(module);
    } catch {
      // What failed before this is what the caller hears of. The next call tries again.
    }
  }

  /** @param {WebAssembly.Module} module */
  function start(module) {
    if (generation > 0) reset();
    const exports = initSync({ module });
    generation += 1;
    usable = true;
    return exports;
  }
}
