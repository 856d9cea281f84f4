// The results as Markdown: all of them for `tables.md`, by name for docs/PERFORMANCE.md.

import { digits, figure, ofWhat } from "./figure.js";
import { TITLES } from "./titles.js";

/**
 * @typedef {import("../results.js").Ratio} Ratio
 * @typedef {import("../results.js").Measurement} Measurement
 * @typedef {import("../results.js").Results} Results
 */

/** The end of a name that says where it was measured. */
const NODE = /, (Node\.js [\d.]+)$/;

/** @param {Results[]} suites */
export function tables(suites) {
  const parts = suites.map(({ suite, ratios, ...results }) =>
    [`## ${TITLES.get(suite) ?? suite}`, ...(ratios.length > 0 ? [ratioTable(ratios)] : []), measurementTables(results)].join("\n\n"),
  );
  return `${["## Targets", targetTable(suites), ...parts].join("\n\n")}\n`;
}

/**
 * What a document shows: by name of the suite, and `targets` and `environment` of all of them.
 * @param {Results[]} suites
 * @returns {Map<string, string>}
 */
export function sections(suites) {
  const found = new Map(suites.map((results) => [results.suite, section(results)]));
  return found.set("targets", targetTable(suites)).set("environment", environmentOf(suites));
}

/** @param {Results} results */
function section({ suite, ratios, measurements, environment }) {
  if (suite === "edge") return modes(ratios);
  if (suite === "wasm-rsa") return pivot(ratios, ({ name }) => name.replace(NODE, ""), ({ name }) => NODE.exec(name)?.[1] ?? "");
  if (suite === "instructions") return shares(measurements);
  const others = ratios.filter(({ target }) => target === undefined);
  const shown = suite === "size" ? [] : others;
  return [...(shown.length > 0 ? [ratioTable(shown)] : []), measurementTables({ measurements, environment })].join("\n\n");
}

/** A table for each mode: cases down, what EdgeSeal is held against across. @param {Ratio[]} ratios */
function modes(ratios) {
  const parts = ["direct mode", "envelope mode"].map((mode) => {
    const rows = ratios.filter(({ name }) => name.includes(`, ${mode}, `));
    const label = (/** @type {Ratio} */ { name, subject }) => `${name.replace(`, ${mode}`, "")}${subject === "EdgeSeal" ? "" : `: ${subject.replace("EdgeSeal, ", "")}`}`;
    return `**${mode}**: EdgeSeal against\n\n${pivot(rows, label, ({ against }) => against)}`;
  });
  return parts.join("\n\n");
}

/**
 * Ratios by two of their properties.
 * @param {Ratio[]} ratios
 * @param {(ratio: Ratio) => string} rowOf
 * @param {(ratio: Ratio) => string} columnOf
 */
function pivot(ratios, rowOf, columnOf) {
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

/** Workloads down: instructions, and the share of each stage. @param {Measurement[]} measurements */
function shares(measurements) {
  const all = measurements.filter(({ subject }) => subject === "edgeseal");
  const stages = [...new Set(measurements.map(({ subject }) => subject))].filter((subject) => subject !== "edgeseal");
  const rows = all.map(({ case: name, median: total }) => [
    name,
    digits(total),
    ...stages.map((stage) => {
      const cost = measurements.find((row) => row.case === name && row.subject === stage)?.median ?? 0;
      return cost / total < 0.005 ? "" : `${Math.round((100 * cost) / total)} %`;
    }),
  ]);
  return markdown([["", "instructions", ...stages], ...rows], ["", ...stages].map((_, i) => i + 1));
}

/** @param {Results[]} suites */
function targetTable(suites) {
  return ratioTable(suites.flatMap(({ ratios }) => ratios.filter(({ target }) => target !== undefined)));
}

/** @param {Results[]} suites */
function environmentOf(suites) {
  /** @type {Record<string, unknown>} */
  const environment = suites[0]?.environment ?? {};
  const { processor, cores, memory_gb: memory, platform, node, date } = environment;
  const quick = suites.filter(({ environment }) => environment.quick === true).map(({ suite }) => suite);
  const warning = quick.length > 0 ? ` Quick, and not to be relied on: ${quick.join(", ")}.` : "";
  return `${processor}, ${cores} cores, ${memory} GB, ${platform}; Node.js ${[node].flat().join(", ")}; ${date}.${warning}`;
}

/** @param {Ratio[]} ratios */
function ratioTable(ratios) {
  const rows = ratios.map(({ name, subject, against, ratio, low, high, unit, target, met }) => [
    name,
    ofWhat({ subject, against }),
    `**${figure(ratio, unit)}**`,
    low === high ? "" : `${digits(low)} to ${digits(high)}`,
    target === undefined ? "" : `at most ${figure(target, unit)}`,
    met === undefined ? "" : met ? "met" : "**not met**",
  ]);
  return markdown([["what", "of what", "figure", "half of the rounds", "target", ""], ...rows], [2, 3]);
}

/** @param {Pick<Results, "measurements" | "environment">} results */
function measurementTables({ measurements }) {
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
function markdown([titles = [], ...rows], right) {
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
