// Tables of measurements.

/**
 * By workload, in microseconds: sealed, and through a door that lets everything through.
 * @typedef {Record<string, { sealed: number, empty: number }>} Steady
 *
 * In milliseconds: a whole process, started for one request and ended after it; the same with an empty handler; and its steps, as far
 * as they are known.
 * @typedef {{ total: number, empty: number, module?: number, policy?: number, first?: number }} Cold
 *
 * @typedef {{ runtime: string, cold: Cold, warm: Steady }} Row
 */

/** @param {Row[]} rows */
export function coldTable(rows) {
  const cells = rows.map(({ runtime, cold: { total, empty, ...parts } }) => [
    runtime,
    ...[parts.module, parts.policy, parts.first].map((time) => (time === undefined ? "-" : time.toFixed(1))),
    total.toFixed(0),
    empty.toFixed(0),
    `${(total / empty).toFixed(2)}x`,
  ]);
  const titles = ["cold start, ms", "module", "policy", "first request", "whole process", "empty handler", "ratio"];
  return aligned([titles, ...cells]);
}

/** @param {Row[]} rows */
export function warmTable(rows) {
  const names = Object.keys(rows[0]?.warm ?? {});
  const cells = rows.map(({ runtime, warm }) => [
    runtime,
    ...names.flatMap((name) => {
      const { sealed = NaN, empty = NaN } = warm[name] ?? {};
      return [sealed.toFixed(0), empty.toFixed(0), `${(sealed / empty).toFixed(1)}x`];
    }),
  ]);
  return aligned([["warm request, µs", ...names.flatMap((name) => [name, "empty", "ratio"])], ...cells]);
}

/** @param {string[][]} rows */
function aligned(rows) {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? "").length)));
  const fitted = (/** @type {string} */ cell, /** @type {number} */ i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0));
  return rows.map((row) => row.map(fitted).join("  ")).join("\n");
}
