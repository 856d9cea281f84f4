// The steps of our cold start: compiling the module, instantiating it, loading the policy, the first request.

import { measured } from "../results.js";
import { pairwise } from "../statistics.js";

/** @typedef {import("../runtimes/watch.js").Steps} Steps */

const GROUP = "EdgeSeal, step by step";

/** In their order, and what they are called. @type {[keyof Steps, string][]} */
const STEPS = [
  ["script", "JavaScript, and reading files"],
  ["compile", "compiling the module"],
  ["instantiate", "instantiating it"],
  ["policy", "loading the policy"],
  ["first", "the first request"],
];

/**
 * Steps as the runtime's own clock tells them apart.
 * @param {import("../results.js").Part} part
 * @param {string} runtime
 * @param {Steps[]} starts
 */
export function stepped(part, runtime, starts) {
  if (starts.every(({ compile }) => compile === undefined)) return;
  for (const [step, name] of STEPS) {
    const rounds = starts.flatMap((start) => start[step] ?? []);
    if (rounds.length > 0) measured(part, { group: GROUP, case: name, subject: runtime, unit: "ms", rounds });
  }
}

/**
 * Steps as the differences of starts that each do one more, in the same rounds: of the processor time of the thread that does them, where it is known,
 * because whole processes vary by more than some steps take.
 * @param {import("../results.js").Part} part
 * @param {string} runtime
 * @param {Map<string, { total: number, thread?: number }[]>} taken `empty`, and by step
 */
export function stepsBetween(part, runtime, taken) {
  let before = times("empty");
  for (const [step, name] of STEPS) {
    const now = times(step);
    measured(part, { group: GROUP, case: name, subject: runtime, unit: "ms", rounds: pairwise(now, before, (a, b) => a - b) });
    before = now;
  }

  /** @param {string} step */
  function times(step) {
    return (taken.get(step) ?? []).map(({ total, thread }) => thread ?? total);
  }
}
