// Packs the package and uses it as somebody who has installed it, beside parsers and tools that are not ours: `node packed/run.js`.

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { install } from "./install.js";
import { FOLDER, PACKAGE } from "./paths.js";

install();
run("node_modules/typescript/bin/tsc", "--project", "packed");
const files = readdirSync(FOLDER).filter((name) => name.endsWith(".check.js"));
run("--test", "--test-concurrency=2", "--test-reporter=spec", ...files.map((name) => `packed/${name}`));

/** @param {string[]} options of Node.js */
function run(...options) {
  if (process.exitCode !== undefined) return;
  const { status } = spawnSync(process.execPath, options, { cwd: fileURLToPath(PACKAGE), stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
