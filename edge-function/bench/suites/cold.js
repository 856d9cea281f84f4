// Cold starts and memory: fresh processes for one request, with an empty handler and others in turns.

import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { install } from "../../portable/install.js";
import { POLICY as policy } from "../../portable/material.js";
import { resultOf } from "../../portable/runtimes/page.js";
import { FORMS } from "../forms.js";
import { installPeers } from "../peers/install.js";
import { runNode } from "../process.js";
import { compared, measured, nothing } from "../results.js";
import * as workerd from "../runtimes/workerd.js";
import { directPolicy, people } from "../people.js";
import { pairwise } from "../statistics.js";

const ROUNDS = 21;
/** How much later than from an empty handler the first answer may come, in milliseconds, in the Node.js that is the reference. */
const TARGET = 10;
const EMPTY = "an empty handler";
const OURS = "EdgeSeal";
/** The forms of the module that lie beside the handler. */
const UPLOADED = /^edgeseal(_relaxed)?_bg\.wasm$/;

/** @typedef {{ total: number, answer?: number, cpu?: number, load?: number, first?: number, rss?: number, memory?: number }} Start in milliseconds and bytes */

/** @param {import("../run.js").Context} context */
export async function measure(context) {
  install();
  const part = nothing();
  const rounds = context.isQuick ? 3 : ROUNDS;
  const functions = await deploy(context);
  for (const { program, version } of context.nodes) {
    const isReference = version.startsWith("20.");
    /** @type {[string, () => Start][]} */
    const starts = Object.entries(functions).map(([name, folder]) => [name, () => startNode(program, folder)]);
    await together(part, `Node.js ${version}`, starts, rounds, isReference ? { target: TARGET } : {});
  }
  const workers = workerd.starts(policy);
  await together(part, "workerd", [[EMPTY, workers.empty], [OURS, workers.sealed]], rounds);
  await together(part, "Chromium", [[EMPTY, () => startPage(true)], [OURS, () => startPage(false)]], Math.ceil(rounds / 3));
  return part;
}

/**
 * @param {import("../results.js").Part} part
 * @param {string} runtime
 * @param {[string, () => Start | Promise<Start>][]} starts
 * @param {number} rounds
 * @param {{ target?: number }} [goal]
 */
async function together(part, runtime, starts, rounds, goal = {}) {
  console.log(`  ${runtime}`);
  try {
    await takeTurns(part, runtime, starts, rounds, goal);
  } catch (error) {
    // One that does not start keeps nobody else from it.
    console.log(`  ${runtime}: not measured: ${error}`);
  }
}

/**
 * @param {import("../results.js").Part} part
 * @param {string} runtime
 * @param {[string, () => Start | Promise<Start>][]} starts
 * @param {number} rounds
 * @param {{ target?: number }} goal
 */
async function takeTurns(part, runtime, starts, rounds, goal) {
  /** @type {Map<string, Start[]>} */
  const taken = new Map(starts.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, start] of round % 2 === 0 ? starts : starts.toReversed()) taken.get(name)?.push(await start());
  }
  for (const [name, all] of taken) {
    for (const [what, unit, group] of FIGURES) {
      const numbers = all.map((start) => start[what] ?? NaN).filter((number) => !Number.isNaN(number));
      if (numbers.length > 0) measured(part, { group, case: runtime, subject: name, unit, rounds: numbers.map((n) => (unit === "MB" ? n / 1e6 : n)) });
    }
  }
  // The answer is what a client waits for. A process that then ends waits for the engine, too, which still compiles what it found hot; a function stays.
  for (const [what, said] of /** @type {const} */ ([["answer", "time to the answer"], ["total", "time to the end of the process"], ["cpu", "processor time"]])) {
    const of = (/** @type {string} */ name) => (taken.get(name) ?? []).flatMap((start) => start[what] ?? []);
    for (const [name] of starts) {
      if (name === EMPTY || of(name).length === 0) continue;
      const extra = pairwise(of(name), of(EMPTY), (a, b) => a - b);
      const words = { name: `cold start, ${runtime}: more ${said}`, subject: name, against: EMPTY, unit: "ms" };
      compared(part, { ...words, ...(name === OURS && what === "answer" ? goal : {}) }, extra);
    }
  }
}

/** @type {[keyof Start, string, string][]} */
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
  const result = await resultOf(isEmpty ? "bench/runtimes/empty-page.js" : "bench/runtimes/page.js", { policy });
  return { ...result.cold, total: performance.now() - start };
}

/**
 * Functions as they are uploaded: one file each, with what it reads beside it.
 * @param {import("../run.js").Context} context
 * @returns {Promise<Record<string, string>>} folders by name
 */
async function deploy({ folder }) {
  const root = join(folder, "functions");
  rmSync(root, { recursive: true, force: true });
  const place = (/** @type {string} */ name) => {
    mkdirSync(join(root, name), { recursive: true });
    writeFileSync(join(root, name, "event.json"), JSON.stringify(Buffer.from(people(1)).toString("base64")));
    return join(root, name);
  };
  const empty = place("empty");
  writeFileSync(join(empty, "index.mjs"), "export const handler = async (event) => event.Records[0].cf.request;\n");

  const ours = place("edgeseal");
  cpSync(fileURLToPath(new URL("../../dist/lambda-edge.mjs", import.meta.url)), join(ours, "index.mjs"));
  const wasm = new URL(".", FORMS[0]?.file);
  for (const name of readdirSync(wasm).filter((name) => UPLOADED.test(name))) cpSync(fileURLToPath(new URL(name, wasm)), join(ours, name));
  writeFileSync(join(ours, "policy.json"), directPolicy());

  const peers = installPeers(folder);
  /** @type {Record<string, string>} */
  const others = {};
  for (const [name, file] of [["the AWS post, Node.js", "post-function.js"], ["jose", "jose-function.js"]]) {
    if (name === undefined || file === undefined) continue;
    const target = place(file.replace(".js", ""));
    await build({
      entryPoints: [fileURLToPath(new URL(`../peers/${file}`, import.meta.url))],
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node20",
      outfile: join(target, "index.mjs"),
      nodePaths: [join(peers, "node_modules")],
      // What edge-function/node_modules has is another installation of the same; what users bundle is what they install.
      alias: { jose: join(peers, "node_modules/jose") },
      logLevel: "warning",
    });
    cpSync(fileURLToPath(new URL("../../../test-vectors/keys/rsa2048-a.public.pem", import.meta.url)), join(target, "public.pem"));
    others[name] = target;
  }
  return { [EMPTY]: empty, [OURS]: ours, ...others };
}
