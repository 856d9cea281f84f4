// The running wasm instance that encrypts.

import * as core from "../src/core/instance.js";
import { loadModule } from "../src/module.js";
import { initSync } from "../wasm/edgeseal.js";

/**
 * Calls into it, with the module of the package.
 * @template T
 * @param {(generation: number) => T} work synchronous
 * @returns {T}
 */
export function withInstance(work) {
  return core.withInstance(loadModule(), work);
}

/** The linear memory. */
export function memory() {
  return initSync(/** @type {any} */ (undefined)).memory;
}

/** Makes the next call into the running instance trap: no pointer in its memory leads anywhere. */
export function breakInstance() {
  new Uint8Array(memory().buffer).fill(0xff);
}
