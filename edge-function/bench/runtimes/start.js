// One request in a fresh process, as Lambda has it: the function is loaded, then called. Prints milliseconds and bytes as JSON.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { argument } from "../process.js";
import { eventOf } from "../event.js";

/** @type {WebAssembly.Instance[]} */
const instances = [];
const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  /** @param {ConstructorParameters<typeof Instance>} args */
  constructor(...args) {
    super(...args);
    instances.push(this);
  }
};
console.log = () => {};

const folder = argument();
const data = JSON.parse(readFileSync(join(folder, "event.json"), "utf8"));
const start = performance.now();
const { handler } = await import(pathToFileURL(join(folder, "index.mjs")).href);
const loaded = performance.now();
const result = await handler(eventOf(data));
const done = performance.now();
if (result.uri !== "/people") throw new Error("the function refuses");
const memories = instances.flatMap(({ exports }) => Object.values(exports).filter((value) => value instanceof WebAssembly.Memory));
const memory = memories.length === 0 ? undefined : memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
const { user, system } = process.cpuUsage();
const cpu = (user + system) / 1000;
process.stdout.write(JSON.stringify({ cpu, load: loaded - start, first: done - loaded, rss: process.memoryUsage.rss(), memory }));
