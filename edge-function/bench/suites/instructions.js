// Instructions that the library takes, natively, counted by valgrind: the same in every run, so that what gets slower is noticed. Compared with the
// counts of the last time, which lie in crates/edgeseal-bench/instructions.json.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { costByFile } from "../instructions/callgrind.js";
import { stageOf, STAGES } from "../instructions/stages.js";
import { compared, measured, nothing } from "../results.js";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const BASELINE = join(ROOT, "crates/edgeseal-bench/instructions.json");

/** Each of `crates/edgeseal-bench/src/bin/work.rs`, and how often it is done: less what the first time takes, which sets up. */
const WORKLOADS = new Map([
  ["parse-1mb", 2],
  ["parse-1000-rules", 2],
  ["encrypt-20-values", 2],
  ["envelope-60-values", 10],
  ["tiny-1-rule", 200],
  ["tiny-1000-rules", 200],
  ["rsa-2048", 10],
  ["rsa-3072", 5],
  ["rsa-4096", 5],
  ["scan-1mb", 2],
  ["load-policy", 20],
  ["load-1000-rules", 1],
]);

/** How much more of them counts as worse, in per cent: what a change elsewhere makes of inlining is mostly less. */
const TOLERANCE = 1;
const UNIT = "% more";

/** @param {import("../run.js").Context} context */
export async function measure({ folder, saves }) {
  const part = nothing();
  if (spawnSync("valgrind", ["--version"]).status !== 0) throw new Error("valgrind is not installed");
  const program = build(folder);
  const toolchain = execFileSync("rustc", ["--version"], { cwd: ROOT, encoding: "utf8" }).split(" ").slice(0, 2).join(" ");
  /** @type {Record<string, Record<string, number>>} by toolchain and workload */
  const baseline = existsSync(BASELINE) ? JSON.parse(readFileSync(BASELINE, "utf8")) : {};
  const before = baseline[toolchain] ?? {};
  /** @type {Record<string, number>} */
  const now = {};
  /** @type {{ workload: string, more: number }[]} */
  const changes = [];
  for (const [workload, times] of WORKLOADS) {
    const costs = count(program, folder, workload, times);
    const total = [...costs.values()].reduce((sum, cost) => sum + cost, 0);
    now[workload] = Math.round(total);
    measured(part, { group: "instructions, native", case: workload, subject: "edgeseal", unit: "instructions", rounds: [total] });
    for (const stage of STAGES) {
      const cost = costs.get(stage) ?? 0;
      measured(part, { group: "instructions by stage, native", case: workload, subject: stage, unit: "instructions", rounds: [cost] });
    }
    const last = before[workload];
    if (last === undefined) continue;
    const more = (total / last - 1) * 100;
    changes.push({ workload, more });
    compared(part, { name: workload, subject: "now", against: "the last time", unit: UNIT }, [more]);
  }
  tell(part, changes);
  if (Object.keys(before).length === 0) console.log(`  there are no counts of another time by ${toolchain}`);
  if (saves) writeFileSync(BASELINE, `${JSON.stringify({ ...baseline, [toolchain]: now }, undefined, 2)}\n`);
  return part;
}

/**
 * Which counts got worse; and the worst of all, for which there is a target.
 * @param {import("../results.js").Part} part
 * @param {{ workload: string, more: number }[]} changes
 */
export function tell(part, changes) {
  const [worst] = changes.toSorted((one, other) => other.more - one.more);
  if (worst === undefined) return;
  for (const { workload, more } of changes) {
    if (more > TOLERANCE) console.log(`  WORSE: ${workload} takes ${more.toFixed(1)} % more instructions than the last time`);
  }
  const words = { name: "the worst of the counts of instructions", subject: `now, ${worst.workload}`, against: "the last time" };
  compared(part, { ...words, unit: UNIT, target: TOLERANCE }, [worst.more]);
}

/**
 * The workloads as they are in a release, with the lines of the sources.
 * @param {string} folder
 */
function build(folder) {
  const target = join(folder, "work");
  const arguments_ = ["build", "--quiet", "--release", "--package", "edgeseal-bench", "--bin", "work", "--target-dir", target];
  const env = { ...process.env, CARGO_PROFILE_RELEASE_DEBUG: "line-tables-only" };
  execFileSync(process.env.CARGO ?? "cargo", arguments_, { cwd: ROOT, env, stdio: ["ignore", 2, 2] });
  return join(target, "release/work");
}

/**
 * Instructions of one time by stage.
 * @param {string} program
 * @param {string} folder
 * @param {string} workload
 * @param {number} times
 */
function count(program, folder, workload, times) {
  const first = run(program, folder, workload, 1);
  const all = run(program, folder, workload, 1 + times);
  return new Map([...all].map(([stage, cost]) => [stage, (cost - (first.get(stage) ?? 0)) / times]));
}

/**
 * @param {string} program
 * @param {string} folder
 * @param {string} workload
 * @param {number} times
 */
function run(program, folder, workload, times) {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "callgrind.out");
  execFileSync("valgrind", ["--tool=callgrind", "--quiet", `--callgrind-out-file=${file}`, program, workload, String(times)], { stdio: ["ignore", 2, 2] });
  /** @type {Map<string, number>} */
  const stages = new Map();
  for (const [source, cost] of costByFile(readFileSync(file, "utf8"))) {
    const stage = stageOf(source);
    stages.set(stage, (stages.get(stage) ?? 0) + cost);
  }
  return stages;
}
