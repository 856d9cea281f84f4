// Installs the runtimes of package-lock.json, unless they are there.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FOLDER = new URL(".", import.meta.url);
/** A copy of the lock file beside the packages says which ones they are. */
const NOTE = new URL("node_modules/.installed-lock.json", FOLDER);

export function install() {
  const lock = readFileSync(new URL("package-lock.json", FOLDER), "utf8");
  if (existsSync(NOTE) && readFileSync(NOTE, "utf8") === lock) return;
  console.log("installing the runtimes into edge-function/portable/node_modules");
  // Their scripts only look whether they were installed well, and would download what is missing.
  const options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  execFileSync(process.platform === "win32" ? "npm.cmd" : "npm", options, { cwd: fileURLToPath(FOLDER), stdio: "inherit" });
  writeFileSync(NOTE, lock);
}
