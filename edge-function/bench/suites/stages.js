// Where the time of a request goes, and what all work other than cryptography costs.

import { runNode } from "../process.js";

/** @param {import("../run.js").Context} context */
export async function measure({ nodes, settings }) {
  const [{ program } = { program: process.execPath }] = nodes;
  return runNode(program, "stages/child.js", { settings });
}
