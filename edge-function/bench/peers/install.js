// Installs the packages of package-lock.json, unless they are there.

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * @param {string} folder of the results
 * @returns {string} where `node_modules` is
 */
export function installPeers(folder) {
  const target = join(folder, "peers");
  const lock = readFileSync(new URL("package-lock.json", import.meta.url));
  // A copy of the lock file beside the packages says which ones they are.
  const note = join(target, "node_modules/.installed-lock.json");
  if (existsSync(note) && readFileSync(note).equals(lock)) return target;
  console.log(`installing npm packages into ${target}`);
  mkdirSync(target, { recursive: true });
  for (const name of ["package.json", "package-lock.json"]) cpSync(fileURLToPath(new URL(name, import.meta.url)), join(target, name));
  const options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  execFileSync(process.platform === "win32" ? "npm.cmd" : "npm", options, { cwd: target, stdio: ["ignore", 2, 2] });
  cpSync(join(target, "package-lock.json"), note);
  return target;
}
