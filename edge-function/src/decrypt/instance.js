// The wasm instance that decrypts, of the package's file.

import { readFileSync } from "node:fs";

import { __wbg_reset_state as reset, initSync } from "../../wasm/edgeseal_decrypt.js";
import { instancesOf } from "../core/instances.js";

const FILE = new URL("../../wasm/edgeseal_decrypt_bg.wasm", import.meta.url);
const call = instancesOf({ initSync, reset });

/** @type {WebAssembly.Module | undefined} */
let module;

/**
 * @template T
 * @param {(generation: number) => T} work synchronous
 * @returns {T}
 */
export function withInstance(work) {
  return call((module ??= new WebAssembly.Module(readFileSync(FILE))), work);
}
