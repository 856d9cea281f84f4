// The Python of the AWS post, in a process that answers.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/**
 * @param {string} python
 * @param {string} library `pycryptodome` or `cryptography`
 * @param {string} file the public key
 */
export function startPython(python, library, file) {
  const script = fileURLToPath(new URL("post.py", import.meta.url));
  const child = spawn(python, [script, library, file], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (/** @type {unknown} */ question) => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error("the Python ended");
    return JSON.parse(value);
  };
  return {
    /** What becomes of a body, which is the one that `run` has from now on. @param {string} data in base64 */
    async use(data) {
      return Buffer.from((await ask({ data })).body);
    },
    /** @param {number} count @returns {Promise<number>} milliseconds */
    async run(count) {
      return (await ask({ count })).milliseconds;
    },
    stop: () => child.stdin.end(),
  };
}
