// Work in a process of its own.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * Runs a script of this folder by some Node.js, and gives the JSON that it prints.
 * @param {string} program
 * @param {string} script
 * @param {unknown} [argument]
 * @param {string[]} [switches] of Node.js
 * @returns {any}
 */
export function runNode(program, script, argument = null, switches = ["--expose-gc"]) {
  const file = fileURLToPath(new URL(script, import.meta.url));
  const { status, stdout, error } = spawnSync(program, [...switches, file, JSON.stringify(argument)], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 2 ** 28,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${script} failed`);
  return JSON.parse(stdout);
}

/** What the process that `runNode` starts is given. */
export function argument() {
  return JSON.parse(process.argv[2] ?? "null");
}
