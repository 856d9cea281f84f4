// RSAES-OAEP-SHA-256 in wasm, without help of the host, against node:crypto: each form of the module in each Node.js that has it.

import { existsSync } from "node:fs";

import { FORMS } from "../forms.js";
import { runNode } from "../process.js";
import { measured, nothing, ratioed } from "../results.js";

const KEYS = ["rsa2048-a", "rsa3072", "rsa4096"];
/** For RSA-2048. */
const TARGETS = new Map([["relaxed SIMD", 1], ["SIMD128", 1.5], ["scalar", 5]]);

/** @param {import("../run.js").Context} context */
export async function measure({ nodes, settings }) {
  const part = nothing();
  for (const { program, version } of nodes) {
    for (const { name: form, file } of FORMS) {
      if (!existsSync(file)) {
        console.log(`  ${form}: not built`);
        continue;
      }
      /** @type {{ key: string, ours: number[], theirs: number[] }[] | null} */
      const results = runNode(program, "rsa/child.js", { file: file.href, keys: KEYS, settings });
      console.log(`  ${form}, Node.js ${version}${results === null ? ": not there" : ""}`);
      for (const { key, ours, theirs } of results ?? []) {
        const size = key.replace(/^rsa(\d+).*$/, "RSA-$1");
        const words = { group: `RSAES-OAEP-SHA-256, ${size}`, case: `Node.js ${version}`, unit: "us" };
        measured(part, { ...words, subject: `EdgeSeal, ${form}`, rounds: ours });
        measured(part, { ...words, subject: `node:crypto beside ${form}`, rounds: theirs });
        const target = size === "RSA-2048" ? TARGETS.get(form) : undefined;
        const ratio = { name: `${size}, ${form}, Node.js ${version}`, subject: "EdgeSeal", against: "node:crypto" };
        ratioed(part, { ...ratio, ...(target !== undefined && { target }) }, ours, theirs);
      }
    }
  }
  return part;
}
