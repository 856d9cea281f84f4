// The wasm instance that decrypts, of the package's file.

import { readFileSync } from "node:fs";

import { __wbg_reset_state as reset, build, initSync } from "../../wasm/edgeseal_decrypt.js";
import { isOfBuild } from "../core/build.js";
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
  return call((module ??= load()), work);
}

function load() {
  const loaded = new WebAssembly.Module(readFileSync(FILE));
  if (!isOfBuild(loaded, build)) throw new Error("edgeseal_decrypt_bg.wasm and edgeseal_decrypt.js are not of one build");
  return loaded;
}
