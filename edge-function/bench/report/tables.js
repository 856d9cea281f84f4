// The results as Markdown, for docs/PERFORMANCE.md.

import { digits, figure, ofWhat } from "./figure.js";
import { TITLES } from "./titles.js";

/** @param {import("../results.js").Results[]} suites */
export function tables(suites) {
  return `${suites.map(ofSuite).join("\n\n")}\n`;
}

/** @param {import("../results.js").Results} results */
function ofSuite({ suite, measurements, ratios }) {
  const parts = [`## ${TITLES.get(suite) ?? suite}`];
  if (ratios.length > 0) parts.push(ratioTable(ratios));
  for (const [group, rows] of grouped(measurements)) {
    parts.push(`**${group}**`, measurementTable(rows));
  }
  return parts.join("\n\n");
}

/** @param {import("../results.js").Ratio[]} ratios */
function ratioTable(ratios) {
  const rows = ratios.map(({ name, subject, against, ratio, low, high, unit, target, met }) => [
    name,
    ofWhat({ subject, against }),
    `**${figure(ratio, unit)}**`,
    low === high ? "" : `${digits(low)} to ${digits(high)}`,
    target === undefined ? "" : `at most ${figure(target, unit)}`,
    met === undefined ? "" : met ? "met" : "**not met**",
  ]);
  return markdown([["what", "", "figure", "half of the rounds", "target", ""], ...rows], [2, 3]);
}

/**
 * Cases down, subjects across.
 * @param {import("../results.js").Measurement[]} rows
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
function markdown([titles = [], ...rows], right) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = titles.map((_, i) => (right.includes(i) ? "---:" : "---"));
  return [titles, rule, ...rows].map(line).join("\n");
}

/** @param {import("../results.js").Measurement[]} measurements */
export function grouped(measurements) {
  /** @type {Map<string, import("../results.js").Measurement[]>} */
  const groups = new Map();
  for (const measurement of measurements) {
    const rows = groups.get(measurement.group) ?? [];
    groups.set(measurement.group, [...rows, measurement]);
  }
  return groups;
}
