// The suite as a worker: the material comes with the request.

import module from "../wasm/edgeseal_relaxed_bg.wasm";
import { run } from "./suite.js";

export default {
  /** @param {Request} request */
  async fetch(request) {
    return Response.json(await run({ module, ...(await request.json()) }));
  },
};
