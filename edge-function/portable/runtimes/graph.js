// The modules that a module imports, and those that they import.

import { readFileSync } from "node:fs";
import { posix } from "node:path";

/** Everything that may be imported lies below it. */
export const ROOT = new URL("../../", import.meta.url);

/**
 * @param {string} entry a path relative to the package's folder
 * @returns {string[]} paths of the same kind, the entry first
 */
export function graphOf(entry) {
  const found = new Set([entry]);
  for (const path of found) {
    if (!path.endsWith(".js")) continue;
    const text = readFileSync(new URL(path, ROOT), "utf8");
    for (const [, specifier = ""] of text.matchAll(/^(?:import|export)\b[^;]*?["'](\.[^"']+)["'];/gm)) {
      found.add(posix.join(posix.dirname(path), specifier));
    }
  }
  return [...found];
}
