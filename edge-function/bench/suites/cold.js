// Cold starts and memory: fresh processes for one request, with an empty handler and others in turns.

import { install } from "../../portable/install.js";
import { POLICY as policy } from "../../portable/material.js";
import { resultOf } from "../../portable/runtimes/page.js";
import { deploy, EMPTY, OURS } from "../cold/functions.js";
import { stepped, stepsBetween } from "../cold/steps.js";
import { runNode } from "../process.js";
import { compared, measured, nothing } from "../results.js";
import { memoryOfRenderers } from "../runtimes/renderer.js";
import * as workerd from "../runtimes/workerd.js";
import { pairwise } from "../statistics.js";

const ROUNDS = 21;
/** How much later than from an empty handler the first answer may come, in milliseconds, in the Node.js that is the reference. */
const TARGET = 10;

/**
 * In milliseconds and bytes.
 * @typedef {object} Start
 * @property {number} total
 * @property {number} [thread] processor time of the one that runs the function
 * @property {number} [answer]
 * @property {number} [cpu]
 * @property {number} [load]
 * @property {number} [first]
 * @property {import("../runtimes/watch.js").Steps} [steps] of loading
 * @property {number} [rss]
 * @property {number} [memory]
 */

/** @param {import("../run.js").Context} context */
export async function measure(context) {
  install();
  const part = nothing();
  const rounds = context.isQuick ? 3 : ROUNDS;
  const functions = await deploy(context.folder);
  for (const { program, version } of context.nodes) {
    const isReference = version.startsWith("20.");
    /** @type {[string, () => Start][]} */
    const starts = Object.entries(functions).map(([name, folder]) => [name, () => startNode(program, folder)]);
    await together(part, `Node.js ${version}`, starts, rounds, isReference ? { target: TARGET } : {});
  }
  const workers = workerd.starts(policy);
  await together(part, "workerd", [[EMPTY, workers.empty], [OURS, workers.sealed]], rounds);
  await together(part, "workerd", Object.entries(workers.steps), rounds, {}, stepsBetween);
  await together(part, "Chromium", [[EMPTY, () => startPage(true)], [OURS, () => startPage(false)]], rounds);
  return part;
}

/**
 * @param {import("../results.js").Part} part
 * @param {string} runtime
 * @param {[string, () => Start | Promise<Start>][]} starts
 * @param {number} rounds
 * @param {{ target?: number }} [goal]
 * @param {typeof told} [tell]
 */
async function together(part, runtime, starts, rounds, goal = {}, tell = told) {
  console.log(`  ${runtime}`);
  try {
    tell(part, runtime, await takeTurns(starts, rounds), goal);
  } catch (error) {
    // One that does not start keeps nobody else from it.
    console.log(`  ${runtime}: not measured: ${error}`);
  }
}

/**
 * @param {[string, () => Start | Promise<Start>][]} starts
 * @param {number} rounds
 */
async function takeTurns(starts, rounds) {
  /** @type {Map<string, Start[]>} */
  const taken = new Map(starts.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, start] of round % 2 === 0 ? starts : starts.toReversed()) taken.get(name)?.push(await start());
  }
  return taken;
}

/**
 * @param {import("../results.js").Part} part
 * @param {string} runtime
 * @param {Map<string, Start[]>} taken
 * @param {{ target?: number }} goal
 */
function told(part, runtime, taken, goal) {
  for (const [name, all] of taken) {
    for (const [what, unit, group] of FIGURES) {
      const numbers = all.map((start) => start[what] ?? NaN).filter((number) => !Number.isNaN(number));
      if (numbers.length > 0) measured(part, { group, case: runtime, subject: name, unit, rounds: numbers.map((n) => (unit === "MB" ? n / 1e6 : n)) });
    }
  }
  // The answer is what a client waits for. A process that then ends waits for the engine, too, which still compiles what it found hot; a function stays.
  for (const [what, said] of /** @type {const} */ ([["answer", "time to the answer"], ["total", "time to the end of the process"], ["cpu", "processor time"]])) {
    const of = (/** @type {string} */ name) => (taken.get(name) ?? []).flatMap((start) => start[what] ?? []);
    for (const name of taken.keys()) {
      if (name === EMPTY || of(name).length === 0) continue;
      const extra = pairwise(of(name), of(EMPTY), (a, b) => a - b);
      const words = { name: `cold start, ${runtime}: more ${said}`, subject: name, against: EMPTY, unit: "ms" };
      compared(part, { ...words, ...(name === OURS && what === "answer" ? goal : {}) }, extra);
    }
  }
  stepped(part, runtime, (taken.get(OURS) ?? []).map(({ steps, first }) => ({ ...steps, ...(first !== undefined && { first }) })));
}

/** @type {[Exclude<keyof Start, "steps" | "thread">, string, string][]} */
const FIGURES = [
  ["total", "ms", "whole process, one request"],
  ["cpu", "ms", "processor time of the process, one request"],
  ["load", "ms", "loading the function: module, policy"],
  ["first", "ms", "the first request"],
  ["answer", "ms", "both: from the beginning of the load to the first answer"],
  ["rss", "MB", "memory of the process after one request"],
  ["memory", "MB", "linear memory of wasm after one request"],
];

/**
 * @param {string} program
 * @param {string} folder
 * @returns {Start}
 */
function startNode(program, folder) {
  const start = performance.now();
  const inside = runNode(program, "runtimes/start.js", folder, []);
  return { ...inside, answer: inside.load + inside.first, total: performance.now() - start };
}

/** @param {boolean} isEmpty @returns {Promise<Start>} */
async function startPage(isEmpty) {
  const start = performance.now();
  /** @type {number | undefined} */
  let rss;
  const look = (/** @type {number | undefined} */ pid) => (rss = memoryOfRenderers(pid));
  const result = await resultOf(isEmpty ? "bench/runtimes/empty-page.js" : "bench/runtimes/page.js", { policy }, "", look);
  return { ...result.cold, total: performance.now() - start, ...(rss !== undefined && { rss }) };
}
