// Benchmarks: cold starts and warm requests in every runtime. `node bench/run.js [--node FILE]…`; each FILE is another Node.js.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { install } from "../portable/install.js";
import { POLICY as policy } from "../portable/material.js";
import { resultOf } from "../portable/runtimes/page.js";
import { median } from "./clock.js";
import { coldTable, warmTable } from "./table.js";
import * as workerd from "./workerd.js";

/** Fresh processes that a cold start is the median of. */
const STARTS = 7;
const NODE_SCRIPT = fileURLToPath(new URL("node.js", import.meta.url));

const { values } = parseArgs({ options: { node: { type: "string", multiple: true } } });
install();

/** @type {import("./table.js").Row[]} */
const rows = [];
for (const program of [process.execPath, ...(values.node ?? [])]) {
  const version = execFileSync(program, ["--version"], { encoding: "utf8" }).trim();
  rows.push(await measure(`Node.js ${version}`, () => coldNode(program), () => runNode(program, "warm")));
}
rows.push(await measure("workerd", () => workerd.cold(policy), () => workerd.warm(policy)));
rows.push(await measure("Chromium", coldPage, async () => (await resultOf("bench/page.js", { policy }, "?warm")).warm));

console.log(`\n${coldTable(rows)}\n\n${warmTable(rows)}`);

/**
 * @param {string} runtime
 * @param {() => Promise<import("./table.js").Cold>} cold
 * @param {() => Promise<import("./table.js").Steady>} warm
 */
async function measure(runtime, cold, warm) {
  console.log(`measuring ${runtime}`);
  const starts = [];
  for (let i = 0; i < STARTS; i += 1) starts.push(await cold());
  return { runtime, cold: medians(starts), warm: await warm() };
}

/** @param {string} program */
async function coldNode(program) {
  const empty = await timeOf(() => runNode(program, "empty"));
  const total = await timeOf(() => runNode(program, "cold"));
  return { ...total.result, total: total.time, empty: empty.time };
}

/**
 * @param {string} program
 * @param {string} mode
 */
async function runNode(program, mode) {
  return JSON.parse(execFileSync(program, [NODE_SCRIPT, mode], { encoding: "utf8" }));
}

async function coldPage() {
  const empty = await timeOf(() => resultOf("bench/empty-page.js", {}));
  const total = await timeOf(() => resultOf("bench/page.js", { policy }));
  return { ...total.result.cold, total: total.time, empty: empty.time };
}

/**
 * @template T
 * @param {() => Promise<T>} work
 */
async function timeOf(work) {
  const start = performance.now();
  const result = await work();
  return { result, time: performance.now() - start };
}

/**
 * Of each member.
 * @param {import("./table.js").Cold[]} starts
 * @returns {import("./table.js").Cold}
 */
function medians([first = { total: NaN, empty: NaN }, ...others]) {
  const names = /** @type {(keyof import("./table.js").Cold)[]} */ (Object.keys(first));
  return Object.assign({ ...first }, ...names.map((name) => ({ [name]: median([first, ...others].map((start) => start[name] ?? NaN)) })));
}
