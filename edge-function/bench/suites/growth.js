// How the cost of a request grows: with the size of the body, the rules, the values, the nesting.

import { runNode } from "../process.js";
import { append, compared, nothing } from "../results.js";
import { pairwise } from "../statistics.js";

/** What "flat" and "linear" mean: no more than a tenth more. */
const TARGET = 1.1;

export const BY_SIZE = "time by size of the body, kB";
export const BY_RULES = "time by number of rules";
export const BY_VALUES = "time by number of values";
export const BY_NESTING = "time by depth of nesting, 100 kB";

/** @param {import("../run.js").Context} context */
export async function measure({ nodes, settings }) {
  const [{ program } = { program: process.execPath }] = nodes;
  /** @type {import("../results.js").Part} */
  const part = runNode(program, "growth/child.js", { settings });
  append(part, ratios(part));
  return part;
}

/** @param {import("../results.js").Part} part */
export function ratios({ measurements }) {
  const part = nothing();
  const rounds = (/** @type {string} */ group, /** @type {string} */ subject, /** @type {number} */ at) =>
    measurements.find((row) => row.group === group && row.subject === subject && row.case === String(at))?.rounds ?? [];
  for (const [subject, words] of [["980 kB, no value", "980 kB"], ["1 kB, no value", "1 kB"]]) {
    if (subject === undefined) continue;
    const name = `1,000 rules, a body of ${words}`;
    const ratio = pairwise(rounds(BY_RULES, subject, 1000), rounds(BY_RULES, subject, 1), (many, one) => many / one);
    compared(part, { name, subject: "1,000 rules", against: "one rule", target: TARGET }, ratio);
  }
  const size = "EdgeSeal, no value";
  const [large, middle] = [perUnit(rounds(BY_SIZE, size, 980), rounds(BY_SIZE, size, 256), 980 - 256), perUnit(rounds(BY_SIZE, size, 256), rounds(BY_SIZE, size, 64), 256 - 64)];
  compared(part, { name: "one more unprotected kilobyte", subject: "from 256 to 980 kB", against: "from 64 to 256 kB", target: TARGET }, pairwise(large, middle, (a, b) => a / b));
  for (const mode of ["direct", "envelope"]) {
    const [many, some] = [perUnit(rounds(BY_VALUES, mode, 900), rounds(BY_VALUES, mode, 300), 600), perUnit(rounds(BY_VALUES, mode, 300), rounds(BY_VALUES, mode, 100), 200)];
    compared(part, { name: `one more value, ${mode}`, subject: "from 300 to 900", against: "from 100 to 300" }, pairwise(many, some, (a, b) => a / b));
  }
  return part;
}

/**
 * @param {number[]} more
 * @param {number[]} less
 * @param {number} distance
 */
function perUnit(more, less, distance) {
  return pairwise(more, less, (a, b) => (a - b) / distance);
}
