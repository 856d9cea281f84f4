// The suite in a browser: it fetches what it needs, and sends its result back.

import { run } from "./suite.js";

/** @returns {Promise<unknown>} */
async function result() {
  try {
    const [module, material] = await Promise.all([
      WebAssembly.compileStreaming(fetch("/wasm/edgeseal_bg.wasm")),
      fetch("/material.json").then((response) => response.json()),
    ]);
    return await run({ module, ...material });
  } catch (error) {
    return { error: String(error) };
  }
}

await fetch("/result", { method: "POST", body: JSON.stringify(await result()) });
