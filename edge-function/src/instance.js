// The wasm instance: one at a time for the whole process, a fresh one after a trap.

import { readFileSync } from "node:fs";

import { __wbg_reset_state as reset, initSync } from "../wasm/edgeseal.js";
import { isEdgeSealError } from "./refusal.js";

const FILE = new URL("../wasm/edgeseal_bg.wasm", import.meta.url);

/** @type {WebAssembly.Module | undefined} */
let module;
/** Counts instances. An object of an older one is of no use any more. */
let generation = 0;
let usable = false;

/**
 * Calls into wasm. Whatever comes out that is not the library's own error is taken for a trap: then the memory is in no state
 * that anybody vouches for, and the next call gets a fresh instance.
 * @template T
 * @param {(generation: number) => T} work synchronous
 * @returns {T}
 */
export function withInstance(work) {
  if (!usable) start();
  try {
    return work(generation);
  } catch (error) {
    if (!isEdgeSealError(error)) usable = false;
    throw error;
  }
}

function start() {
  if (generation === 0) {
    module ??= new WebAssembly.Module(readFileSync(FILE));
    initSync({ module });
  } else {
    reset();
  }
  generation += 1;
  usable = true;
}
