// Cloudflare Workers and other hosts of workerd, which compile an imported wasm file. There is no choice at run time, and none is needed:
// workerd has the V8 of the latest Chromium, and so relaxed SIMD.

import module from "../wasm/edgeseal_relaxed_bg.wasm";
import { createWorkerOf } from "./worker.js";

/** @type {typeof import("../types/workers.d.ts").createWorker} */
export function createWorker(policy, options) {
  return createWorkerOf(module, policy, options);
}
