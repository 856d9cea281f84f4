// Parsers of Python's standard library, in one process that answers line by line.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("readers.py", import.meta.url));

/** The answer to the question before, so that they come in turn. @type {Promise<unknown>} */
let answered = Promise.resolve();
/** @type {ReturnType<typeof start> | undefined} */
let running;

/** @param {string} parser @returns {import("./readers.js").Reader} */
export function readWithPython(parser) {
  return (body, contentType) => {
    const answer = answered.then(() => ask({ parser, body: body.toString("base64"), contentType }));
    answered = answer;
    return answer.then(({ entries, error }) => {
      if (error !== undefined) throw new Error(error);
      return entries;
    });
  };
}

/** Lets the process end, or this one would not. */
export function endPython() {
  running?.stdin.end();
  running = undefined;
}

/** @param {Record<string, string>} question @returns {Promise<any>} */
async function ask(question) {
  running ??= start();
  running.stdin.write(`${JSON.stringify(question)}\n`);
  const [line] = await once(running.lines, "line");
  return JSON.parse(line);
}

function start() {
  const child = spawn("python3", ["-W", "ignore", SCRIPT], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  // A question that nobody answers is an error of this program, and not a body that is refused.
  child.on("error", (error) => lines.emit("error", error));
  child.on("exit", (code) => { if (code !== 0) throw new Error(`python3 ended with ${code}`); });
  return { stdin: child.stdin, lines };
}
