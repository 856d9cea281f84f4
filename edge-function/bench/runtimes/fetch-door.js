// Measurements of the door for fetch-style runtimes, from inside.

import { createRequestSealer } from "../../src/fetch.js";
import { subject, takeTurns } from "../clock.js";
import { watch } from "./watch.js";
import { openDoor, throughFetch, WORKLOADS } from "./workloads.js";

/**
 * By workload, in microseconds, round by round: sealed, and through a door that lets everything through.
 * @typedef {Record<string, { sealed: number[], empty: number[] }>} Steady
 */

const quiet = () => {};

/**
 * The first request of a fresh runtime, step by step, in milliseconds; and the bytes of its linear memory.
 * @param {() => Promise<WebAssembly.Module>} compile
 * @param {string} policy
 */
export async function cold(compile, policy) {
  const [workload] = WORKLOADS;
  if (workload === undefined) throw new Error("there is no workload");
  const { steps, memory } = watch();
  const start = performance.now();
  const seal = createRequestSealer(policy, { module: await compile(), log: quiet });
  const loaded = performance.now();
  await throughFetch(seal, workload, true);
  const first = performance.now() - loaded;
  // The JavaScript was there before the clock began.
  const { script: _, ...known } = steps(start, loaded);
  return { load: loaded - start, first, steps: known, memory: memory() };
}

/**
 * Requests when everything is warm.
 * @param {WebAssembly.Module} module
 * @param {string} policy
 * @param {import("../clock.js").Settings} settings
 * @returns {Promise<Steady>}
 */
export async function warm(module, policy, settings) {
  const seal = createRequestSealer(policy, { module, log: quiet });
  /** @type {Steady} */
  const results = {};
  for (const workload of WORKLOADS) {
    const sealed = subject("sealed", () => throughFetch(seal, workload, true));
    const empty = subject("empty", () => throughFetch(openDoor, workload, false));
    const times = await takeTurns([sealed, empty], settings);
    results[workload.name] = { sealed: times.get("sealed") ?? [], empty: times.get("empty") ?? [] };
  }
  return results;
}
