// The memory of the processes of a browser that show pages, where Linux says so.

import { readdirSync, readFileSync } from "node:fs";

/**
 * Their proportional set size in bytes, all of them together: pages of memory that processes share, as those of the program itself, count for each of them
 * in its part. A browser may keep a renderer for the next page ready; it is there with every page.
 * @param {number | undefined} pid of the browser
 * @returns {number | undefined}
 */
export function memoryOfRenderers(pid) {
  try {
    const sizes = below(pid).filter(isRenderer).map(proportionalSize);
    return sizes.length === 0 ? undefined : sizes.reduce((sum, size) => sum + size, 0);
  } catch {
    // Another system, or a process that has just ended.
    return undefined;
  }
}

/** Every process that descends from it. @param {number | undefined} pid */
function below(pid) {
  const found = new Set([pid]);
  const parents = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).flatMap(parentOf);
  // A process has a parent that was there before it; numbers may have begun anew, so the order says nothing.
  for (let known = 0; known < found.size; ) {
    known = found.size;
    for (const { child, parent } of parents) if (found.has(parent)) found.add(child);
  }
  return [...found].filter((child) => child !== undefined && child !== pid).map(Number);
}

/** @param {string} child */
function parentOf(child) {
  try {
    // The name, in brackets, may hold anything; state and parent follow.
    const [, parent] = /\) \S (\d+) [^)]*$/.exec(readFileSync(`/proc/${child}/stat`, "utf8")) ?? [];
    return parent === undefined ? [] : [{ child: Number(child), parent: Number(parent) }];
  } catch {
    // It has ended.
    return [];
  }
}

/** @param {number} pid */
function isRenderer(pid) {
  return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--type=renderer");
}

/** @param {number} pid */
function proportionalSize(pid) {
  const [, kilobytes = "NaN"] = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8")) ?? [];
  return Number(kilobytes) * 1024;
}
