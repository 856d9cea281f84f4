// Events of CloudFront, and such as it would never send, through the handler: `node fuzz/run.js [--seconds N] [--seed N] [--artifacts FOLDER] [FILE]...`.
//
// Events follow from the seed and their number, so that a finding is found again; the event is written down too. Given files, those events are tried
// and nothing else.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { createEvent } from "./events.js";
import { check, POLICY, sentinel } from "./oracle.js";
import { createRandom } from "./random.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: "10" },
    seed: { type: "string" },
    artifacts: { type: "string", default: "." },
  },
});

/** @type {unknown[]} */
const entries = [];
const handle = createOriginRequestHandler(POLICY, { log: (entry) => void entries.push(entry) });

/** Tries an event; the error if the answer is not one that may be given. @param {any} event */
async function tried(event) {
  const text = JSON.stringify(event);
  entries.length = 0;
  try {
    const result = await handle(event);
    if (JSON.stringify(event) !== text) throw new Error("the event was changed");
    check(event, result, entries);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** @param {unknown} error @param {string} what */
function report(error, what) {
  console.log(`FOUND: ${what}: ${error instanceof Error ? error.message.split("\n")[0] : error}`);
  console.log(error instanceof Error ? error.stack : "");
  process.exitCode = 1;
}

const regressions = new URL("regressions/", import.meta.url);
const known = positionals.length > 0 ? positionals : list(regressions).map((name) => new URL(name, regressions));
for (const file of known) {
  const error = await tried(JSON.parse(readFileSync(file, "utf8")));
  if (error !== undefined) report(error, String(file));
}
if (positionals.length === 0) await fuzz();

async function fuzz() {
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(values.seed);
  const end = performance.now() + Number(values.seconds) * 1000;
  console.log(`seed ${seed}`);
  let count = 0;
  let told = performance.now();
  /** @type {Map<string, number>} */
  const outcomes = new Map();
  for (; performance.now() < end; count++) {
    let number = 0;
    const event = createEvent(createRandom(seed + count * 0x9e3779b1), () => sentinel(number++));
    const error = await tried(event);
    const { code, outcome } = /** @type {any} */ (entries[0] ?? {});
    outcomes.set(code ?? outcome, (outcomes.get(code ?? outcome) ?? 0) + 1);
    if (error !== undefined) {
      mkdirSync(values.artifacts, { recursive: true });
      const file = join(values.artifacts, `event-${seed}-${count}.json`);
      writeFileSync(file, JSON.stringify(event, undefined, 2));
      report(error, `seed ${seed}, event ${count}, ${file}`);
      return;
    }
    if (performance.now() - told > 30_000) {
      told = performance.now();
      console.log(`${count} events`);
    }
  }
  const sorted = [...outcomes].sort(([, one], [, two]) => two - one).map(([name, times]) => `${name} ${times}`);
  console.log(`seed ${seed}: ${count} events: ${sorted.join(", ")}`);
}

/** The files of a folder that need not be there. @param {URL} folder */
function list(folder) {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
