// Measurements of workerd, from outside.

import { modulesOf, startWorker } from "../../portable/runtimes/workerd.js";
import { WORKLOADS } from "./workloads.js";

const EMPTY = "export default { fetch: () => new Response() };";
/** A worker with a part of what EdgeSeal needs, up to a step of its start. Its modules are compiled before any of its code runs. */
const SCRIPT = 'import { initSync } from "../../wasm/edgeseal.js";\nimport "../../src/fetch.js";\n';
const COMPILE = 'import module from "../../wasm/edgeseal_bg.wasm";\n';
const INSTANTIATE = "initSync({ module });\n";
/** How long a request shall take at least that the time of a call is taken from, in turns of other measurements. */
const TURNS = 4;

/** @param {string} policy */
function modules(policy) {
  return [...modulesOf("bench/runtimes/worker.js").filter(({ name }) => name !== "bench/runtimes/policy.json"), { name: "bench/runtimes/policy.json", text: policy }];
}

/**
 * A process for one request.
 * @param {string} policy
 */
export function starts(policy) {
  return {
    empty: () => oneRequest([{ name: "worker.mjs", text: EMPTY }], ""),
    sealed: () => oneRequest(modules(policy), query("seal", 0, 1)),
    // Its clock stands still while it works, so each start does one step more than the one before.
    steps: {
      empty: () => oneRequest([{ name: "worker.mjs", text: EMPTY }], ""),
      script: () => oneRequest(partial(SCRIPT), ""),
      compile: () => oneRequest(partial(COMPILE + SCRIPT), ""),
      instantiate: () => oneRequest(partial(COMPILE + SCRIPT + INSTANTIATE), ""),
      policy: () => oneRequest(modules(policy), query("seal", 0, 0)),
      first: () => oneRequest(modules(policy), query("seal", 0, 1)),
    },
  };
}

/** @param {string} text */
function partial(text) {
  const imported = modulesOf("src/fetch.js").concat(text.includes(COMPILE) ? modulesOf("wasm/edgeseal_bg.wasm") : []);
  return [{ name: "bench/runtimes/partial.js", text: text + EMPTY }, ...imported];
}

/**
 * @param {Parameters<typeof startWorker>[0]} worker
 * @param {string} search
 */
async function oneRequest(worker, search) {
  const start = performance.now();
  const { url, memory, processor, stop } = await startWorker(worker);
  try {
    await ask(url, search);
    const total = performance.now() - start;
    const [rss, thread] = [memory(), processor()];
    return { total, ...(rss !== undefined && { rss }), ...(thread !== undefined && { thread }) };
  } finally {
    await stop();
  }
}

/**
 * @param {string} policy
 * @param {import("../clock.js").Settings} settings
 * @returns {Promise<import("./fetch-door.js").Steady>}
 */
export async function warm(policy, { rounds, turn }) {
  const { url, stop } = await startWorker(modules(policy));
  try {
    /** @type {import("./fetch-door.js").Steady} */
    const results = {};
    for (const [i, { name }] of WORKLOADS.entries()) {
      const counts = { seal: await countFor(url, "seal", i, TURNS * turn), open: await countFor(url, "open", i, TURNS * turn) };
      /** @type {{ sealed: number[], empty: number[] }} */
      const times = { sealed: [], empty: [] };
      for (let round = 0; round < rounds; round += 1) {
        times.sealed.push(await perCall(url, "seal", i, counts.seal));
        times.empty.push(await perCall(url, "open", i, counts.open));
      }
      results[name] = times;
    }
    return results;
  } finally {
    await stop();
  }
}

/**
 * How many calls take that long.
 * @param {URL} url
 * @param {string} door
 * @param {number} workload
 * @param {number} milliseconds
 */
async function countFor(url, door, workload, milliseconds) {
  let count = 10;
  let time = await timeOf(url, door, workload, count);
  while (time < milliseconds) {
    count = Math.ceil(count * Math.min(10, Math.max(2, (1.2 * milliseconds) / time)));
    time = await timeOf(url, door, workload, count);
  }
  return count;
}

/**
 * The time of one call, in microseconds: that of a request with many of them, less that of one with none.
 * @param {URL} url
 * @param {string} door
 * @param {number} workload
 * @param {number} count
 */
async function perCall(url, door, workload, count) {
  const time = await timeOf(url, door, workload, count);
  return ((time - (await timeOf(url, door, workload, 0))) / count) * 1000;
}

/**
 * @param {URL} url
 * @param {string} door
 * @param {number} workload
 * @param {number} count
 */
async function timeOf(url, door, workload, count) {
  const start = performance.now();
  await ask(url, query(door, workload, count));
  return performance.now() - start;
}

/**
 * @param {string} door
 * @param {number} workload
 * @param {number} count
 */
function query(door, workload, count) {
  return `?door=${door}&workload=${workload}&count=${count}`;
}

/**
 * @param {URL} url
 * @param {string} search
 */
async function ask(url, search) {
  // An open connection would delay the end of the process.
  const response = await fetch(new URL(search, url), { headers: { connection: "close" } });
  if (response.status !== 200) throw new Error(`the worker failed: ${await response.text()}`);
  await response.arrayBuffer();
}
