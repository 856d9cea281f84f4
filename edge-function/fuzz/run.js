// Events of CloudFront, and such as it would never send, through the handler: `node fuzz/run.js [--seconds N] [--seed N] [--artifacts FOLDER] [FILE]...`.
//
// Events follow from the seed and their number, so that a finding is found again; the event is written down too. Given files, those events are tried
// and nothing else.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { createEvent } from "./events.js";
import { sentinel } from "./oracle.js";
import { createRandom } from "./random.js";
import { createTrial } from "./trying.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: "10" },
    seed: { type: "string" },
    artifacts: { type: "string", default: "." },
  },
});

const tried = createTrial();

/** @param {unknown} error @param {string} what */
function report(error, what) {
  console.log(`FOUND: ${what}: ${error instanceof Error ? error.message.split("\n")[0] : error}`);
  console.log(error instanceof Error ? error.stack : "");
  process.exitCode = 1;
}

const regressions = new URL("regressions/", import.meta.url);
const known = positionals.length > 0 ? positionals : list(regressions).map((name) => new URL(name, regressions));
for (const file of known) {
  const { error } = await tried(JSON.parse(readFileSync(file, "utf8")));
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
    const { error, outcome } = await tried(event);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
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
