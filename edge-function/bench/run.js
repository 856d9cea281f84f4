// Runs one suite: `node bench/run.js SUITE --out FOLDER [--installed FOLDER] [--python FILE] [--node FILE]… [--quick] [--save]`. Each --node is another
// Node.js; what is measured against is installed into the folder of --installed.

import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { arch, cpus, platform, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { QUICK, THOROUGH } from "./clock.js";

/**
 * What a suite is given.
 * @typedef {object} Context
 * @property {string} folder where things are installed, and made
 * @property {import("./clock.js").Settings} settings
 * @property {boolean} isQuick
 * @property {boolean} saves whether the figures of this time are those that the next time is compared with
 * @property {{ program: string, version: string }[]} nodes the one that runs this is the first
 * @property {string | undefined} python with the packages of peers/requirements.txt
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: "string" },
    installed: { type: "string" },
    python: { type: "string" },
    node: { type: "string", multiple: true, default: [] },
    quick: { type: "boolean", default: false },
    save: { type: "boolean", default: false },
  },
});
const [name] = positionals;
if (name === undefined || values.out === undefined) throw new Error("expected a suite and --out");

/** @type {Context} */
const context = {
  folder: resolve(values.installed ?? values.out),
  settings: values.quick ? QUICK : THOROUGH,
  isQuick: values.quick,
  saves: values.save,
  nodes: [process.execPath, ...values.node].map((program) => ({ program, version: versionOf(program) })),
  python: values.python,
};
const results = resolve(values.out);
for (const folder of [context.folder, results]) mkdirSync(folder, { recursive: true });

/** @type {{ measure: (context: Context) => Promise<import("./results.js").Part> }} */
const suite = await import(`./suites/${name}.js`);
const { measurements, ratios } = await suite.measure(context);
/** @type {import("./results.js").Results} */
const whole = { suite: name, environment: environment(), measurements, ratios };
writeFileSync(join(results, `${name}.json`), `${JSON.stringify(whole, undefined, 1)}\n`);

/** The kind of machine, and nothing that names it. */
function environment() {
  const [processor] = cpus();
  return {
    processor: processor?.model.trim() ?? "unknown",
    cores: cpus().length,
    memory_gb: Math.round(totalmem() / 2 ** 30),
    platform: `${platform()}-${arch()}`,
    node: context.nodes.map(({ version }) => version),
    date: new Date().toISOString().slice(0, 10),
    quick: context.isQuick,
  };
}

/** @param {string} program */
function versionOf(program) {
  return execFileSync(program, ["--version"], { encoding: "utf8" }).trim().slice(1);
}
