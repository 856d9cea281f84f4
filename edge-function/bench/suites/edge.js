// Requests at the edge: our handler against the one of the AWS post and against other libraries.

import { installPeers } from "../peers/install.js";
import { runNode } from "../process.js";
import { append, nothing, ratioed } from "../results.js";

/** What EdgeSeal does when it is asked to. */
export const HOST_RSA = "EdgeSeal, the host's RSA";
export const REUSED_KEY = "EdgeSeal, data key reused";

/** What the options are held against: the peers that cost least. */
const NEAREST = ["AWS post, Node.js", "jose"];

/** What is promised, where the Node.js and the case are those of the promise. */
const TARGETS = new Map([
  ["direct mode: 1 record of 6 fields: AWS post, Node.js", 1],
  ["direct mode: 1 record of 6 fields: AWS post, Python, pycryptodome", 0.2],
  ["envelope mode: 10 records of 6 fields: jose", 0.05],
]);

/** @param {import("../run.js").Context} context */
export async function measure({ folder, nodes, python, settings }) {
  const peers = installPeers(folder);
  const whole = nothing();
  for (const [i, { program, version }] of nodes.entries()) {
    const label = `Node.js ${version}`;
    console.log(`  ${label}`);
    /** @type {import("../results.js").Part} */
    const part = runNode(program, "edge/child.js", { settings, peers, python, label, isReference: i === 0 });
    append(whole, part);
    append(whole, ratios(part, label));
  }
  return whole;
}

/**
 * Of what EdgeSeal was measured with, in the same rounds.
 * @param {import("../results.js").Part} part
 * @param {string} label
 */
export function ratios({ measurements }, label) {
  const part = nothing();
  const isOurs = (/** @type {string} */ subject) => subject.startsWith("EdgeSeal");
  for (const { group, case: name, subject: our, rounds } of measurements.filter(({ subject }) => isOurs(subject))) {
    const others = measurements.filter((other) => other.group === group && other.case === name && !isOurs(other.subject));
    for (const { subject, rounds: theirs } of others) {
      if (our !== "EdgeSeal" && !NEAREST.includes(subject)) continue;
      const [mode] = group.split(", ");
      const target = our === "EdgeSeal" ? TARGETS.get(`${mode}: ${name}: ${subject}`) : undefined;
      const words = { name: `${name}, ${mode}, ${label}`, subject: our, against: subject };
      ratioed(part, { ...words, ...(target !== undefined && { target }) }, rounds, theirs);
    }
  }
  return part;
}
