// The results as Markdown: all of them for `tables.md`, by name for docs/PERFORMANCE.md.

import { ofDecryptor } from "./decryptor.js";
import { digits, figure, ofWhat } from "./figure.js";
import { markdown, measurementTables, pivot } from "./markdown.js";
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
  const parts = suites.map(({ suite, ratios, measurements }) =>
    [`## ${TITLES.get(suite) ?? suite}`, ...(ratios.length > 0 ? [ratioTable(ratios)] : []), measurementTables(measurements)].join("\n\n"),
  );
  return `${["## Targets", targetTable(suites), ...parts].join("\n\n")}\n`;
}

/**
 * What a document shows: by name of the suite, and `targets` and `environment` of all of them. Of quick rounds it shows nothing.
 * @param {Results[]} all
 * @returns {Map<string, string>}
 */
export function sections(all) {
  const suites = all.filter(({ environment }) => environment.quick !== true);
  if (suites.length === 0) return new Map();
  const found = new Map(suites.map((results) => [results.suite, section(results)]));
  return found.set("targets", targetTable(suites)).set("environment", environmentOf(suites));
}

/** @param {Results} results */
function section({ suite, ratios, measurements }) {
  if (suite === "edge") return modes(ratios);
  if (suite === "wasm-rsa") return pivot(ratios, ({ name }) => name.replace(NODE, ""), ({ name }) => NODE.exec(name)?.[1] ?? "");
  if (suite === "instructions") return shares(measurements);
  if (suite === "decryptor") return ofDecryptor(ratios, measurements);
  const others = ratios.filter(({ target }) => target === undefined);
  const shown = suite === "size" ? [] : others;
  return [...(shown.length > 0 ? [ratioTable(shown)] : []), measurementTables(measurements)].join("\n\n");
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

/** Of the run that there are figures of; where there were several, what was measured when. @param {Results[]} suites */
function environmentOf(suites) {
  /** @type {Record<string, unknown>} */
  const environment = suites[0]?.environment ?? {};
  const { processor, cores, memory_gb: memory, platform, date } = environment;
  // Some suites are of one release only.
  const versions = [...new Set(suites.flatMap(({ environment: { node = [] } }) => [node].flat()))];
  const nodes = versions.length > 0 ? `; Node.js ${versions.join(", ")}` : "";
  const others = suites.filter((other) => other.environment.date !== date).map((other) => `${other.suite} on ${other.environment.date}`);
  return `${processor}, ${cores} cores, ${memory} GB, ${platform}${nodes}; ${[date, ...others].join(", ")}.`;
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

