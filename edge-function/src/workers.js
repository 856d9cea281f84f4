// Cloudflare Workers and other hosts of workerd, which compile an imported wasm file.

import module from "../wasm/edgeseal_bg.wasm";
import { createWorkerOf } from "./worker.js";

/** @type {typeof import("../types/workers.d.ts").createWorker} */
export function createWorker(policy, options) {
  return createWorkerOf(module, policy, options);
}
