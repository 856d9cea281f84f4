// A runtime as a child process.

import { spawn } from "node:child_process";
import { once } from "node:events";

/** How long a program may take to end, in milliseconds. */
const STOP_TIMEOUT = 5_000;

/**
 * Starts a program; `stop` ends it and waits for its end. Whatever it says on standard error is kept, for when it fails.
 * @param {string} program
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, control?: boolean }} [settings] `control`: whether there is a pipe at file descriptor 3 to read
 */
export function launch(program, args, { env = process.env, control = false } = {}) {
  const child = spawn(program, args, { env, stdio: ["ignore", "ignore", "pipe", control ? "pipe" : "ignore"] });
  /** @type {Buffer[]} */
  const said = [];
  child.stderr?.on("data", (chunk) => said.push(chunk));
  /** @type {Promise<unknown>} */
  const ended = new Promise((resolve) => {
    child.once("close", resolve);
    // One that cannot even start has no other end.
    child.once("error", (error) => resolve(said.push(Buffer.from(String(error)))));
  });
  return {
    control: /** @type {import("node:stream").Readable | null} */ (child.stdio[3]),
    ended,
    pid: child.pid,
    stderr: () => Buffer.concat(said).toString(),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      // Asked to, a program ends its own children too.
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT);
      child.kill();
      await once(child, "close");
      clearTimeout(timer);
    },
  };
}

/**
 * The result of some work, or an error if it takes too long.
 * @template T
 * @param {Promise<T>} work
 * @param {number} milliseconds
 * @param {() => string} what for the error
 * @returns {Promise<T>}
 */
export async function within(work, milliseconds, what) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const tooLate = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what()} (after ${milliseconds} ms)`)), milliseconds);
  });
  try {
    return await Promise.race([work, /** @type {Promise<never>} */ (tooLate)]);
  } finally {
    clearTimeout(timer);
  }
}
