// The decryptor's figures for a document.

import { digits } from "./figure.js";
import { markdown, measurementTables, pivot } from "./markdown.js";

/**
 * @typedef {import("../results.js").Ratio} Ratio
 * @typedef {import("../results.js").Measurement} Measurement
 */

const WITHOUT_TOKENS = /^(.*) without tokens, (.*)$/;
const KMS = /^KMS, (.*): (calls|time)$/;
/** What is told as ratios, or is only where others come from. */
const TOLD = /^text without tokens: (time|processor time)$|^KMS: /;

/**
 * @param {Ratio[]} ratios
 * @param {Measurement[]} measurements
 */
export function ofDecryptor(ratios, measurements) {
  const texts = ["processor time", "time"].map((what) => {
    const rows = ratios.filter(({ name }) => WITHOUT_TOKENS.exec(name)?.[2] === what);
    const table = pivot(rows, ({ name }) => WITHOUT_TOKENS.exec(name)?.[1] ?? "", ({ subject, against }) => `${subject} against ${against}`);
    return `**text without tokens: ${what}**\n\n${table}`;
  });
  const rest = measurements.filter(({ group }) => !TOLD.test(group));
  return [...texts, `**keys in AWS KMS**\n\n${ofKms(ratios, measurements)}`, measurementTables(rest)].join("\n\n");
}

/**
 * Calls of each, and what of the other's time ours takes.
 * @param {Ratio[]} ratios
 * @param {Measurement[]} measurements
 */
function ofKms(ratios, measurements) {
  const times = ratios.filter(({ name }) => KMS.exec(name)?.[2] === "time");
  const rows = times.map(({ name, subject, against, ratio }) => {
    const [, of = ""] = KMS.exec(name) ?? [];
    const calls = (/** @type {string} */ whose) => measurements.find((it) => it.group === "KMS: calls per record" && it.case === of && it.subject === whose)?.median ?? NaN;
    return [of, subject, digits(calls(subject)), digits(calls(against)), `${digits(ratio)}×`];
  });
  return markdown([["", "", "calls for a record", "of the AWS post, Python", "time against it"], ...rows], [2, 3, 4]);
}
