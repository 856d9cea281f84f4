// What is printed: every ratio, and whether its target is met.

import { aligned } from "./aligned.js";
import { figure, ofWhat } from "./figure.js";

/** @param {import("../results.js").Results[]} suites */
export function ratioLines(suites) {
  return suites.map(ofSuite).filter((text) => text !== "").join("\n\n");
}

/** @param {import("../results.js").Results} suite */
function ofSuite({ suite, ratios, environment }) {
  if (ratios.length === 0) return "";
  const rows = ratios.map(({ name, subject, against, ratio, low, high, unit, target, met }) => [
    `  ${name}`,
    ofWhat({ subject, against }),
    figure(ratio, unit),
    low === high ? "" : `${figure(low, unit)} to ${figure(high, unit)}`,
    target === undefined ? "" : `target ${figure(target, unit)}`,
    met === undefined ? "" : met ? "met" : "NOT MET",
  ]);
  const hint = environment.quick === true ? " (quick: too few rounds to rely on)" : "";
  return `${suite}${hint}\n${aligned(rows, [2, 3, 4])}`;
}
