// Reads what the suites wrote, prints ratios and targets, and writes results.json, tables.md and index.html: `node bench/report.js FOLDER
// [DOCUMENT]`. The figures of a document are written anew.

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { withFigures } from "./report/document.js";
import { ratioLines } from "./report/lines.js";
import { page } from "./report/page.js";
import { sections, tables } from "./report/tables.js";

/** The order of a reader, not of the alphabet. Others come after. */
const ORDER = ["edge", "wasm-rsa", "growth", "stages", "size", "cold", "runtimes", "instructions", "decryptor"];
const WRITTEN = "results.json";

const [folder, document] = process.argv.slice(2);
if (folder === undefined) throw new Error("expected the folder of the results");

const suites = readdirSync(folder)
  .filter((name) => name.endsWith(".json") && name !== WRITTEN && !name.startsWith("package"))
  .map((name) => /** @type {import("./results.js").Results} */ (JSON.parse(readFileSync(join(folder, name), "utf8"))))
  .sort((a, b) => place(a.suite) - place(b.suite));

writeFileSync(join(folder, WRITTEN), `${JSON.stringify(suites, undefined, 1)}\n`);
writeFileSync(join(folder, "tables.md"), tables(suites));
writeFileSync(join(folder, "index.html"), page(suites));
if (document !== undefined) writeFileSync(document, withFigures(readFileSync(document, "utf8"), sections(suites)));
console.log(ratioLines(suites));
console.log(`\n${join(folder, "index.html")} has the plots, tables.md the tables, ${WRITTEN} every round.`);

/** @param {string} suite */
function place(suite) {
  const at = ORDER.indexOf(suite);
  return at < 0 ? ORDER.length : at;
}
