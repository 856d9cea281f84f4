// Measurements of workerd, from outside.

import { modulesOf, startWorker } from "../portable/runtimes/workerd.js";
import { median } from "./clock.js";
import { WORKLOADS } from "./workloads.js";

const EMPTY = "export default { fetch: () => new Response() };";
/** How long a request shall take that the time of a call is taken from, in milliseconds. */
const REQUEST = 300;
const REQUESTS = 5;

/** @param {string} policy */
function modules(policy) {
  return [...modulesOf("bench/worker.js").filter(({ name }) => name !== "bench/policy.json"), { name: "bench/policy.json", text: policy }];
}

/**
 * A process for one request, in milliseconds.
 * @param {string} policy
 */
export async function cold(policy) {
  const empty = await oneRequest([{ name: "worker.mjs", text: EMPTY }], "");
  return { total: await oneRequest(modules(policy), query("seal", 0, 1)), empty };
}

/**
 * @param {Parameters<typeof startWorker>[0]} worker
 * @param {string} search
 */
async function oneRequest(worker, search) {
  const start = performance.now();
  const { url, stop } = await startWorker(worker);
  try {
    await ask(url, search);
  } finally {
    await stop();
  }
  return performance.now() - start;
}

/**
 * @param {string} policy
 * @returns {Promise<import("./table.js").Steady>} in microseconds
 */
export async function warm(policy) {
  const { url, stop } = await startWorker(modules(policy));
  try {
    /** @type {import("./table.js").Steady} */
    const results = {};
    for (const [i, { name }] of WORKLOADS.entries()) {
      results[name] = { sealed: await perCall(url, "seal", i), empty: await perCall(url, "open", i) };
    }
    return results;
  } finally {
    await stop();
  }
}

/**
 * The time of one call: that of a request with many of them, less that of one with none.
 * @param {URL} url
 * @param {string} door
 * @param {number} workload
 */
async function perCall(url, door, workload) {
  let count = 10;
  let time = await timeOf(url, door, workload, count);
  while (time < REQUEST) {
    count = Math.ceil(count * Math.min(10, Math.max(2, (1.2 * REQUEST) / time)));
    time = await timeOf(url, door, workload, count);
  }
  const times = [];
  const rest = [];
  for (let i = 0; i < REQUESTS; i += 1) {
    times.push(await timeOf(url, door, workload, count));
    rest.push(await timeOf(url, door, workload, 0));
  }
  return ((median(times) - median(rest)) / count) * 1000;
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
