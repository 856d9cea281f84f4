// The worker that a bundler makes one file of, with the policy in it and the module beside it.

import { createWorker } from "edgeseal/workers";

import policy from "./policy.json";

export default createWorker(policy, { origin: async (request) => new Response(await request.text()), log: () => {} });
