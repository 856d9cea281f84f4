// Which plots a suite has.

import { figure } from "./figure.js";
import { grouped } from "./markdown.js";
import { barPlot, linePlot, stackedPlot } from "./svg.js";

/** @typedef {import("../results.js").Measurement} Measurement */

/** What starts with this is ours, and stands out. */
const OURS = /^(EdgeSeal|edgeseal)\b/;

/** Units as they are on an axis. */
const AXES = new Map([["us", "µs"]]);

/**
 * @param {string} suite
 * @param {Measurement[]} measurements
 * @returns {{ title: string, svg: string }[]}
 */
export function plotsOf(suite, measurements) {
  const groups = [...grouped(measurements)];
  if (suite === "growth") return groups.map(([group, rows]) => lines(group, rows));
  if (suite === "stages") return groups.map(([group, rows]) => stacks(group, rows));
  return groups.flatMap(([group, rows]) => bars(group, rows));
}

/**
 * One plot for each case; where each case has one subject only, one for all.
 * @param {string} group
 * @param {Measurement[]} rows
 */
function bars(group, rows) {
  const subjects = new Set(rows.map(({ subject }) => subject));
  const cases = [...new Set(rows.map((row) => row.case))];
  const one = (/** @type {Measurement} */ { subject, median, unit }, /** @type {string} */ label) => ({
    label,
    value: median,
    text: figure(median, unit),
    isOurs: OURS.test(subject),
  });
  if (subjects.size === 1) return [plot(group, rows, (row) => one(row, row.case))];
  return cases.map((name) => plot(`${group}: ${name}`, rows.filter((row) => row.case === name), (row) => one(row, row.subject)));
}

/**
 * @param {string} title
 * @param {Measurement[]} rows
 * @param {(row: Measurement) => import("./svg.js").Bar} toBar
 */
function plot(title, rows, toBar) {
  const unit = rows[0]?.unit ?? "";
  return { title, svg: barPlot(title, rows.map(toBar), AXES.get(unit) ?? unit) };
}

/**
 * A group's title ends in what grows: "time by size of the body, kB". The cases are numbers.
 * @param {string} group
 * @param {Measurement[]} rows
 */
function lines(group, rows) {
  const subjects = [...new Set(rows.map(({ subject }) => subject))];
  const drawn = subjects.map((name) => ({
    name,
    points: rows.filter(({ subject }) => subject === name).map((row) => ({ x: Number(row.case), y: row.median })),
  }));
  const unit = rows[0]?.unit ?? "";
  return { title: group, svg: linePlot(group, drawn, { x: group.replace(/^.*\bby /, ""), y: AXES.get(unit) ?? unit }) };
}

/**
 * The cases are bars, the subjects their parts.
 * @param {string} group
 * @param {Measurement[]} rows
 */
function stacks(group, rows) {
  const names = [...new Set(rows.map(({ subject }) => subject))];
  const bars = [...new Set(rows.map((row) => row.case))].map((label) => ({
    label,
    parts: rows.filter((row) => row.case === label).map(({ subject, median, unit }) => ({ name: subject, value: median, text: figure(median, unit) })),
  }));
  return { title: group, svg: stackedPlot(group, bars, names) };
}
