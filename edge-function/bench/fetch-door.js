// Measurements of the door for fetch-style runtimes, from inside.

import { createRequestSealer } from "../src/fetch.js";
import { steady } from "./clock.js";
import { openDoor, throughFetch, WORKLOADS } from "./workloads.js";

const quiet = () => {};

/**
 * The first request of a fresh runtime, step by step, in milliseconds.
 * @param {() => Promise<WebAssembly.Module>} compile
 * @param {string} policy
 */
export async function cold(compile, policy) {
  const [workload] = WORKLOADS;
  if (workload === undefined) throw new Error("there is no workload");
  const start = performance.now();
  const module = await compile();
  const compiled = performance.now();
  const seal = createRequestSealer(policy, { module, log: quiet });
  const loaded = performance.now();
  await throughFetch(seal, workload, true);
  return { module: compiled - start, policy: loaded - compiled, first: performance.now() - loaded };
}

/**
 * Requests when everything is warm, in microseconds: sealed, and through a door that lets everything through.
 * @param {WebAssembly.Module} module
 * @param {string} policy
 * @returns {Promise<import("./table.js").Steady>}
 */
export async function warm(module, policy) {
  const seal = createRequestSealer(policy, { module, log: quiet });
  /** @type {import("./table.js").Steady} */
  const results = {};
  for (const workload of WORKLOADS) {
    const sealed = await steady(() => throughFetch(seal, workload, true));
    results[workload.name] = { sealed, empty: await steady(() => throughFetch(openDoor, workload, false)) };
  }
  return results;
}
