// The running wasm instance.

import { initSync } from "../wasm/edgeseal.js";

/** The linear memory. */
export function memory() {
  return initSync(/** @type {any} */ (undefined)).memory;
}

/** Makes the next call into the running instance trap: no pointer in its memory leads anywhere. */
export function breakInstance() {
  new Uint8Array(memory().buffer).fill(0xff);
}
