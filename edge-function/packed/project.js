// Projects of somebody who has nothing of this repository but the packed archive.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { after } from "node:test";

import { FOLDER, npm, PACKAGE } from "./paths.js";

const place = mkdtempSync(join(realpathSync(tmpdir()), "edgeseal-packed-"));
after(() => rmSync(place, { recursive: true }));

/** The archive. */
export const ARCHIVE = pack();

/** The archive as npm installs it; every project gets a copy of it. */
const installed = install();

function pack() {
  const said = execFileSync(npm, ["pack", "--json", "--loglevel=error", "--pack-destination", place], { cwd: PACKAGE, encoding: "utf8" });
  return join(place, JSON.parse(said)[0].filename);
}

function install() {
  const folder = join(place, "installed");
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), "{}");
  execFileSync(npm, ["install", "--offline", "--no-audit", "--no-fund", "--silent", ARCHIVE], { cwd: folder, stdio: "inherit" });
  return folder;
}

let count = 0;

/**
 * A project with the package and these others, each a folder of node_modules here or above, perhaps under another name.
 * @param {string[]} files of the folder `projects`
 * @param {Record<string, string>} [others] name → folder
 * @returns {string}
 */
export function createProject(files, others = {}) {
  count += 1;
  const folder = join(place, `project-${count}`);
  cpSync(installed, folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module", dependencies: { edgeseal: `file:${ARCHIVE}` } }));
  for (const file of files) copyFileSync(new URL(`projects/${file}`, FOLDER), join(folder, basename(file)));
  for (const [name, source] of Object.entries(others)) {
    const to = join(folder, "node_modules", name);
    mkdirSync(dirname(to), { recursive: true });
    symlinkSync(find(source), to, "junction");
  }
  // What is installed is no link to what it was made of.
  assert.equal(realpathSync(join(folder, "node_modules/edgeseal")), join(folder, "node_modules/edgeseal"));
  return folder;
}

/** A package that is installed here, or for the package itself. @param {string} name */
export function find(name) {
  const folder = [FOLDER, PACKAGE].map((base) => new URL(`node_modules/${name}`, base)).find((url) => existsSync(url));
  assert.ok(folder !== undefined, `${name} is not installed`);
  return fileURLToPath(folder);
}

/**
 * Runs Node.js in a project. It has to succeed; gives what it says.
 * @param {string} folder
 * @param {string[]} options
 */
export function run(folder, ...options) {
  // Tests in it are its own.
  const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, NODE_PATH: ___, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, options, { cwd: folder, env, encoding: "utf8", timeout: 60_000 });
  assert.equal(status, 0, `${stdout}${stderr}`);
  return stdout;
}

/**
 * Runs a file of tests in a project.
 * @param {string} folder
 * @param {string} file
 */
export function runTests(folder, file) {
  const said = run(folder, "--test-reporter=tap", file);
  assert.match(said, /^# pass [1-9]/m);
  assert.match(said, /^# skipped 0$/m);
}
