// What is deployed to Lambda@Edge, as one file. `policy.json`, a form of the module or several (`edgeseal_bg.wasm` in Node.js 20) and, if it
// is there, `options.json` lie beside it: the function has no environment variables.

import { existsSync, readFileSync } from "node:fs";

import { compileFastest } from "../src/forms.js";
import { createOriginRequestHandler } from "../src/lambda-edge.js";

const OPTIONS = ["countHeader", "hostRsa", "maxOutputBytes", "metrics"];

export const handler = createHandler();

function createHandler() {
  try {
    const module = compileFastest({
      "edgeseal_relaxed_bg.wasm": new URL("edgeseal_relaxed_bg.wasm", import.meta.url),
      "edgeseal_bg.wasm": new URL("edgeseal_bg.wasm", import.meta.url),
      "edgeseal_scalar_bg.wasm": new URL("edgeseal_scalar_bg.wasm", import.meta.url),
    });
    return createOriginRequestHandler(readText("policy.json"), { ...readOptions(), module });
  } catch (error) {
    // A function that does not start is an error without a reason. One that refuses everything says why.
    console.error(String(error));
    return createOriginRequestHandler("", { module: Promise.reject(error) });
  }
}

function readOptions() {
  if (!existsSync(beside("options.json"))) return {};
  const options = JSON.parse(readText("options.json"));
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) throw new TypeError(`options.json: expected no member but ${OPTIONS.join(", ")}`);
  return options;
}

/** @param {string} name */
function readText(name) {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(beside(name)));
}

/** @param {string} name */
function beside(name) {
  return new URL(name, import.meta.url);
}
