// Warm requests in every runtime, beside a door that lets everything through.

import { install } from "../../portable/install.js";
import { POLICY as policy } from "../../portable/material.js";
import { resultOf } from "../../portable/runtimes/page.js";
import { runNode } from "../process.js";
import { measured, nothing } from "../results.js";
import * as workerd from "../runtimes/workerd.js";

/** @param {import("../run.js").Context} context */
export async function measure({ nodes, settings }) {
  install();
  const part = nothing();
  for (const { program, version } of nodes) add(part, `Node.js ${version}`, runNode(program, "runtimes/node.js", { settings, policy }));
  /** @type {[string, () => Promise<import("../runtimes/fetch-door.js").Steady>][]} */
  const others = [
    ["workerd", () => workerd.warm(policy, settings)],
    ["Chromium", async () => (await resultOf("bench/runtimes/page.js", { policy, settings }, "?warm")).warm],
  ];
  for (const [runtime, warm] of others) {
    try {
      add(part, runtime, await warm());
    } catch (error) {
      // One that does not start keeps nobody else from it.
      console.log(`  ${runtime}: not measured: ${error}`);
    }
  }
  return part;
}

/**
 * @param {import("../results.js").Part} part
 * @param {string} runtime
 * @param {import("../runtimes/fetch-door.js").Steady} results
 */
function add(part, runtime, results) {
  console.log(`  ${runtime}`);
  for (const [workload, { sealed, empty }] of Object.entries(results)) {
    measured(part, { group: "EdgeSeal", case: workload, subject: runtime, unit: "us", rounds: sealed });
    measured(part, { group: "a door that lets everything through", case: workload, subject: runtime, unit: "us", rounds: empty });
  }
}
