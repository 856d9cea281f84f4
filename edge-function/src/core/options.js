// Options, checked when a door is made: a mistake is the deployment's, and seen at once.

import { isCountHeader } from "./count.js";

/** What every door takes. */
const NAMES = ["countHeader", "hostRsa", "log", "maxOutputBytes", "metrics"];

/**
 * @param {import("../../types/options.d.ts").Options} options
 * @param {number | undefined} largestOutput
 */
export function checkOptions({ log, metrics, countHeader, hostRsa, maxOutputBytes, ...others }, largestOutput) {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new TypeError(`expected no option but ${NAMES.join(", ")} and those of the door`);
  if (log !== undefined && typeof log !== "function") throw new TypeError("expected a function as `log`");
  if (metrics !== undefined && metrics !== "emf") throw new TypeError("expected `emf` as `metrics`");
  if (countHeader !== undefined && !isCountHeader(countHeader)) {
    throw new TypeError("expected the name of a header that means nothing else as `countHeader`");
  }
  if (hostRsa !== undefined && typeof hostRsa !== "boolean" && (typeof hostRsa !== "object" || hostRsa === null)) {
    throw new TypeError("expected `true`, `false` or a module like `crypto` of Node.js as `hostRsa`");
  }
  checkBytes("maxOutputBytes", maxOutputBytes, largestOutput);
}

/**
 * @param {string} name
 * @param {number | undefined} bytes
 * @param {number} [largest]
 */
export function checkBytes(name, bytes, largest = 0x7fff_ffff) {
  if (bytes !== undefined && !(Number.isInteger(bytes) && bytes >= 0 && bytes <= largest)) {
    throw new RangeError(`expected \`${name}\` from 0 to ${largest}`);
  }
}
