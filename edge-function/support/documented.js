// Tables of the documentation.

import { readFileSync } from "node:fs";

/**
 * The cells of the table below a heading, row by row, without its first two lines.
 * @param {string} file relative to the project
 * @param {string} heading
 */
export function tableOf(file, heading) {
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
  const section = text.split(/^#+ /m).find((section) => section.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`${file} has no section ${heading}`);
  const rows = section.split("\n").filter((line) => line.startsWith("|"));
  return rows.slice(2).map((row) => row.split("|").slice(1, -1).map((cell) => cell.trim()));
}

/**
 * The codes below a heading of docs/ERRORS.md, and their status.
 * @param {string} heading
 */
export function codesOf(heading) {
  const rows = tableOf("docs/ERRORS.md", heading);
  return new Map(rows.map(([code = "", status]) => [code.replaceAll("`", ""), Number(status)]));
}
