// What is deployed to Lambda@Edge, as one file. `policy.json`, `edgeseal_bg.wasm` and, if they are there, `edgeseal_relaxed_bg.wasm` and
// `options.json` lie beside it: the function has no environment variables.

import { existsSync, readFileSync } from "node:fs";

import { supportedForms } from "../src/forms.js";
import { createOriginRequestHandler } from "../src/lambda-edge.js";

const OPTIONS = ["countHeader", "hostRsa", "maxOutputBytes", "metrics"];

export const handler = createHandler();

function createHandler() {
  try {
    const file = supportedForms().find((name) => existsSync(beside(name))) ?? "edgeseal_bg.wasm";
    const module = new WebAssembly.Module(readFileSync(beside(file)));
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
