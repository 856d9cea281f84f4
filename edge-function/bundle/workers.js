// What is deployed to Cloudflare Workers, as one file. `policy.json` and `edgeseal_relaxed_bg.wasm` lie beside it; a rule of the host makes
// the first a module of type Text.

import module from "./edgeseal_relaxed_bg.wasm";
import policy from "./policy.json";
import { createWorkerOf } from "../src/worker.js";

export default createWorker(policy);

/** @param {unknown} policy */
function createWorker(policy) {
  if (typeof policy === "string") return createWorkerOf(module, policy);
  // Parsed, it may have lost what makes it invalid. A worker that refuses everything says more than one that does not start.
  console.error("policy.json is not imported as text");
  return createWorkerOf(Promise.reject(new TypeError("expected the text of a policy")), "");
}
