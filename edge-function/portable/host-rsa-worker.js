// The cases with a seed as a worker whose RSA is the host's: the material comes with the request.

import module from "../wasm/edgeseal_bg.wasm";
import { seededCases } from "./seeded.js";

export default {
  /** @param {Request} request */
  async fetch(request) {
    const material = await request.json();
    /** @type {Record<string, string>} */
    const digests = {};
    try {
      for (const { name, work } of seededCases({ module, ...material }, { hostRsa: true })) digests[name] = String(await work());
    } catch (error) {
      return new Response(String(error), { status: 500 });
    }
    return Response.json(digests);
  },
};
