// What a suite found out: measurements, ratios and targets, in the form of `target/bench/SUITE.json`.

import { median, pairwise, spread } from "./statistics.js";

/**
 * @typedef {object} Measurement
 * @property {string} group
 * @property {string} case
 * @property {string} subject
 * @property {string} unit `us`, `ms`, `bytes`, `kB`, `GB/s`, `instructions`, `calls`
 * @property {number} median
 * @property {number[]} rounds
 * @property {number} [input_bytes]
 *
 * A figure that there may be a target for: a ratio, unless it has a unit.
 * @typedef {object} Ratio
 * @property {string} name
 * @property {string} subject
 * @property {string} against
 * @property {number} ratio the median over the rounds
 * @property {number} low half of the rounds lie between this
 * @property {number} high and this
 * @property {string} [unit]
 * @property {number} [target] the most that it shall be
 * @property {boolean} [met]
 *
 * @typedef {{ suite: string, environment: Record<string, unknown>, measurements: Measurement[], ratios: Ratio[] }} Results
 * @typedef {Pick<Results, "measurements" | "ratios">} Part
 */

/** @returns {Part} */
export function nothing() {
  return { measurements: [], ratios: [] };
}

/**
 * @param {Part} part
 * @param {Omit<Measurement, "median">} measurement
 */
export function measured(part, measurement) {
  part.measurements.push({ ...measurement, median: rounded(median(measurement.rounds)), rounds: measurement.rounds.map(rounded) });
}

/**
 * @param {Part} part
 * @param {Pick<Ratio, "name" | "subject" | "against" | "unit" | "target">} words
 * @param {number[]} rounds the figure, round by round
 */
export function compared(part, words, rounds) {
  const { middle, low, high } = spread(rounds);
  const { target } = words;
  const met = target === undefined ? {} : { met: middle <= target };
  part.ratios.push({ ...words, ratio: rounded(middle), low: rounded(low), high: rounded(high), ...met });
}

/**
 * The ratio of two things that were measured in the same rounds.
 * @param {Part} part
 * @param {Pick<Ratio, "name" | "subject" | "against" | "target">} words
 * @param {number[]} rounds of the subject
 * @param {number[]} others of what it is held against
 */
export function ratioed(part, words, rounds, others) {
  compared(part, words, pairwise(rounds, others, (a, b) => a / b));
}

/**
 * @param {Part} whole
 * @param {Part} part
 */
export function append(whole, part) {
  whole.measurements.push(...part.measurements);
  whole.ratios.push(...part.ratios);
}

/** Four digits are more than any of it is worth. @param {number} number */
function rounded(number) {
  return Number(number.toPrecision(5));
}
