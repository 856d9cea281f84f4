// Installs the packages of package-lock.json, unless they are there.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

import { FOLDER, npm } from "./paths.js";

/** A copy of the lock file beside the packages says which ones they are. */
const NOTE = new URL("node_modules/.installed-lock.json", FOLDER);

export function install() {
  const lock = readFileSync(new URL("package-lock.json", FOLDER), "utf8");
  if (existsSync(NOTE) && readFileSync(NOTE, "utf8") === lock) return;
  console.log("installing npm packages into edge-function/packed/node_modules");
  execFileSync(npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], { cwd: FOLDER, stdio: "inherit" });
  writeFileSync(NOTE, lock);
}
