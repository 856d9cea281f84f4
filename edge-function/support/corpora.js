// Data that nobody on this project wrote, in the folder that EDGESEAL_CORPORA names.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const folder = process.env.EDGESEAL_CORPORA;

/**
 * A test that needs outside data.
 * @param {string} name
 * @param {(folder: string) => Promise<void>} work
 */
export function corporaTest(name, work) {
  if (folder === undefined || folder === "") {
    test(name, { skip: "no corpora" }, () => {});
    console.log(`${name}: skipped: no corpora`);
  } else {
    test(name, () => work(folder));
  }
}

/**
 * The files of a folder whose names begin like this.
 * @param {string} folder
 * @param {string} prefix
 * @returns {[name: string, content: Buffer][]}
 */
export function files(folder, prefix) {
  const names = readdirSync(folder).filter((name) => name.startsWith(prefix));
  return names.map((name) => [name, readFileSync(join(folder, name))]);
}
