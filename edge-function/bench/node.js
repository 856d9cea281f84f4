// Measurements of the handler for Lambda@Edge, by the Node.js that runs this: `cold`, `empty` or `warm`. Prints JSON.

import { readFileSync } from "node:fs";

import { POLICY } from "../portable/material.js";
import { body, event, headers, JSON_TYPE } from "../support/event.js";
import { steady } from "./clock.js";
import { WORKLOADS } from "./workloads.js";

const WASM = new URL("../wasm/edgeseal_bg.wasm", import.meta.url);

/**
 * One request as Lambda's runtime has it: JSON in, JSON out.
 * @param {(event: any) => Promise<unknown>} handler
 * @param {string} text
 */
async function invoke(handler, text) {
  return JSON.stringify(await handler(JSON.parse(text)));
}

/** @param {any} event */
async function openDoor(event) {
  return event.Records[0].cf.request;
}

const events = WORKLOADS.map(({ name, body: content }) => {
  const text = JSON.stringify(event({ headers: headers(JSON_TYPE), body: body(content) }));
  return { name, text };
});
const [{ text } = { text: "" }] = events;

const MODES = {
  async empty() {
    const start = performance.now();
    await invoke(openDoor, text);
    return { first: performance.now() - start };
  },

  async cold() {
    const { createOriginRequestHandler } = await import("../src/lambda-edge.js");
    const start = performance.now();
    const module = new WebAssembly.Module(readFileSync(WASM));
    const compiled = performance.now();
    const handler = createOriginRequestHandler(POLICY, { module, log: () => {} });
    const loaded = performance.now();
    await invoke(handler, text);
    return { module: compiled - start, policy: loaded - compiled, first: performance.now() - loaded };
  },

  async warm() {
    const { createOriginRequestHandler } = await import("../src/lambda-edge.js");
    const handler = createOriginRequestHandler(POLICY, { log: () => {} });
    /** @type {import("./table.js").Steady} */
    const results = {};
    for (const { name, text } of events) {
      const replaced = '"action":"replace"';
      if (!(await invoke(handler, text)).includes(replaced)) throw new Error("the handler refuses");
      const sealed = await steady(() => invoke(handler, text));
      results[name] = { sealed, empty: await steady(() => invoke(openDoor, text)) };
    }
    return results;
  },
};

const mode = /** @type {keyof typeof MODES} */ (process.argv[2]);
console.log(JSON.stringify(await MODES[mode]()));
