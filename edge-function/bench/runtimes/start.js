// One request in a fresh process, as Lambda has it: the function is loaded, then called. Prints milliseconds and bytes as JSON.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { argument } from "../process.js";
import { eventOf } from "../event.js";
import { watch } from "./watch.js";

const { steps, memory } = watch();
console.log = () => {};

const folder = argument();
const data = JSON.parse(readFileSync(join(folder, "event.json"), "utf8"));
const start = performance.now();
const { handler } = await import(pathToFileURL(join(folder, "index.mjs")).href);
const loaded = performance.now();
const result = await handler(eventOf(data));
const done = performance.now();
if (result.uri !== "/people") throw new Error("the function refuses");
const { user, system } = process.cpuUsage();
const cpu = (user + system) / 1000;
const times = { load: loaded - start, first: done - loaded, steps: steps(start, loaded) };
process.stdout.write(JSON.stringify({ cpu, ...times, rss: process.memoryUsage.rss(), memory: memory() }));
