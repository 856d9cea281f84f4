// The function that a bundler makes one file of: it has the module from a file beside it, if there is one.

import { existsSync, readFileSync } from "node:fs";

import { createOriginRequestHandler } from "edgeseal/lambda-edge";

const file = new URL("edgeseal_bg.wasm", import.meta.url);
const options = existsSync(file) ? { module: new WebAssembly.Module(readFileSync(file)) } : {};

export const handler = createOriginRequestHandler(readFileSync(new URL("policy.json", import.meta.url), "utf8"), options);
