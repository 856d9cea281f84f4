// The portable suite: one set of cases for every runtime. Neither this nor what it imports needs anything of Node.js.

import { decisionCases } from "./decisions.js";
import { faultCases } from "./faults.js";
import { seededCases } from "./seeded.js";
import { vectorCases } from "./vectors.js";

/** In milliseconds. */
const CASE_TIMEOUT = 5_000;

/**
 * What the cases need, beside the module: all of it fits into JSON.
 * @typedef {object} Material
 * @property {string} policy of the cases that are no vectors
 * @property {{ name: string, groups: any[] }[]} vectors
 *
 * @typedef {Material & { module: WebAssembly.Module }} Context
 *
 * @typedef {object} Case
 * @property {string} name
 * @property {() => void | Promise<void> | Promise<string>} work throws if something is wrong; may give a digest of what came out
 *
 * @typedef {object} Result
 * @property {number} cases
 * @property {string[]} failures
 * @property {Record<string, string>} digests by case: they have to be the same everywhere
 */

/**
 * Runs the cases, one after the other.
 * @param {Context} context
 * @returns {Promise<Result>}
 */
export async function run(context) {
  const cases = [...vectorCases(context), ...decisionCases(context), ...seededCases(context), ...faultCases(context)];
  const failures = [];
  /** @type {Record<string, string>} */
  const digests = {};
  for (const { name, work } of cases) {
    try {
      const digest = await within(work());
      if (digest !== undefined) digests[name] = digest;
    } catch (error) {
      failures.push(`${name}: ${error}`);
    }
  }
  return { cases: cases.length, failures, digests };
}

/**
 * A case that never ends would hide all others.
 * @template T
 * @param {T} work
 * @returns {Promise<Awaited<T>>}
 */
async function within(work) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const tooLong = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("it took too long")), CASE_TIMEOUT);
  });
  try {
    return await Promise.race([work, /** @type {Promise<never>} */ (tooLong)]);
  } finally {
    clearTimeout(timer);
  }
}
