// A worker, with the types of @cloudflare/workers-types.

import { createRequestSealer } from "edgeseal/fetch";
import wasm from "edgeseal/edgeseal_bg.wasm";
import { createWorker, type WorkerOptions } from "edgeseal/workers";

interface Env {
  ORIGIN: Fetcher;
}

const options: WorkerOptions = { origin: new URL("https://origin.example"), countHeader: "x-count" };

export default createWorker("{}", options) satisfies ExportedHandler<Env>;

export const other: ExportedHandler<Env> = createWorker("{}", { origin: (request, env) => (env as Env).ORIGIN.fetch(request) });

const seal = createRequestSealer("{}", { module: wasm });

export const own: ExportedHandler<Env> = {
  async fetch(request, env) {
    const sealed = await seal(request);
    return sealed instanceof Response ? sealed : env.ORIGIN.fetch(sealed);
  },
};
