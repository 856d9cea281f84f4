// Has Node.js import wasm files as workerd does: as a module that is compiled, and no more.

import { register } from "node:module";

const HOOKS = `
  export async function load(url, context, next) {
    if (!url.endsWith(".wasm")) return next(url, context);
    const source = 'import { readFileSync } from "node:fs"; export default new WebAssembly.Module(readFileSync(new URL(import.meta.url)));';
    return { format: "module", shortCircuit: true, source };
  }`;

register(`data:text/javascript,${encodeURIComponent(HOOKS)}`);
