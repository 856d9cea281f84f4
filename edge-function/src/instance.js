// Calls into wasm with the module of the package.

import * as core from "./core/instance.js";
import { loadModule } from "./module.js";

/**
 * @template T
 * @param {(generation: number) => T} work synchronous
 * @returns {T}
 */
export function withInstance(work) {
  return core.withInstance(loadModule(), work);
}
