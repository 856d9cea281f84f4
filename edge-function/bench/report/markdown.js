// Tables in Markdown.

import { figure } from "./figure.js";

/**
 * @typedef {import("../results.js").Ratio} Ratio
 * @typedef {import("../results.js").Measurement} Measurement
 */

/**
 * Ratios by two of their properties.
 * @param {Ratio[]} ratios
 * @param {(ratio: Ratio) => string} rowOf
 * @param {(ratio: Ratio) => string} columnOf
 */
export function pivot(ratios, rowOf, columnOf) {
  const columns = [...new Set(ratios.map(columnOf))];
  const rows = [...new Set(ratios.map(rowOf))].map((row) => [
    row,
    ...columns.map((column) => {
      const found = ratios.find((ratio) => rowOf(ratio) === row && columnOf(ratio) === column);
      return found === undefined ? "" : figure(found.ratio, found.unit);
    }),
  ]);
  return markdown([["", ...columns], ...rows], columns.map((_, i) => i + 1));
}

/** A table for each group. @param {Measurement[]} measurements */
export function measurementTables(measurements) {
  return [...grouped(measurements)].map(([group, rows]) => `**${group}**\n\n${measurementTable(rows)}`).join("\n\n");
}

/**
 * Cases down, subjects across.
 * @param {Measurement[]} rows
 */
function measurementTable(rows) {
  const subjects = [...new Set(rows.map(({ subject }) => subject))];
  const cases = [...new Set(rows.map((row) => row.case))];
  const lines = cases.map((name) => [
    name,
    ...subjects.map((subject) => {
      const found = rows.find((row) => row.case === name && row.subject === subject);
      return found === undefined ? "" : figure(found.median, found.unit);
    }),
  ]);
  return markdown([["", ...subjects], ...lines], subjects.map((_, i) => i + 1));
}

/**
 * @param {string[][]} rows the first are the titles
 * @param {number[]} right columns
 */
export function markdown([titles = [], ...rows], right) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = titles.map((_, i) => (right.includes(i) ? "---:" : "---"));
  return [titles, rule, ...rows].map(line).join("\n");
}

/** @param {Measurement[]} measurements */
export function grouped(measurements) {
  /** @type {Map<string, Measurement[]>} */
  const groups = new Map();
  for (const measurement of measurements) {
    const rows = groups.get(measurement.group) ?? [];
    groups.set(measurement.group, [...rows, measurement]);
  }
  return groups;
}
