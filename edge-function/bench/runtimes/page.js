// Measurements in a browser. Sends JSON back.

import { cold, warm } from "./fetch-door.js";

const { policy, settings } = await (await fetch("/material.json")).json();
const compile = () => WebAssembly.compileStreaming(fetch("/wasm/edgeseal_bg.wasm"));
const first = await cold(compile, policy);
const results = location.search === "?warm" ? await warm(await compile(), policy, settings) : undefined;
await fetch("/result", { method: "POST", body: JSON.stringify({ cold: first, warm: results }) });
