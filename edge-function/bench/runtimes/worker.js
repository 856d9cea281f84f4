// Work for measurements of workerd, whose clock stands still meanwhile: whoever asks takes the time.

import policy from "./policy.json";
import module from "../../wasm/edgeseal_bg.wasm";
import { createRequestSealer } from "../../src/fetch.js";
import { openDoor, throughFetch, WORKLOADS } from "./workloads.js";

const seal = createRequestSealer(/** @type {string} */ (/** @type {unknown} */ (policy)), { module, log: () => {} });

export default {
  /** @param {Request} request */
  async fetch(request) {
    const { searchParams } = new URL(request.url);
    const isSealed = searchParams.get("door") === "seal";
    const workload = WORKLOADS[Number(searchParams.get("workload"))];
    if (workload === undefined) throw new Error("there is no such workload");
    const count = Number(searchParams.get("count"));
    for (let i = 0; i < count; i += 1) await throughFetch(isSealed ? seal : openDoor, workload, isSealed);
    return new Response();
  },
};
