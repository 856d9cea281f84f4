// Columns of text.

/**
 * @param {string[][]} rows
 * @param {number[]} [right] the columns that are aligned to the right
 */
export function aligned(rows, right = []) {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...rows.map((row) => (row[i] ?? "").length)));
  const fitted = (/** @type {string} */ cell, /** @type {number} */ i) =>
    right.includes(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0);
  return rows.map((row) => row.map(fitted).join("  ").trimEnd()).join("\n");
}
