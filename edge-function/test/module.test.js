// The wasm module: from the package's file, or one that cannot be used.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { loadModule } from "../src/module.js";
import { atOrigin, body, event } from "../support/event.js";
import { POLICY } from "../support/policy.js";

const person = event({ body: body('{"ssn":"078-05-1120"}') });

/** @param {import("../types/lambda-edge.d.ts").Options["module"]} module */
function handlerOf(module) {
  /** @type {any[]} */
  const entries = [];
  const handler = createOriginRequestHandler(POLICY, { module, log: (entry) => void entries.push(entry) });
  return { handler, entries };
}

test("the package's file compiles, once", () => {
  assert.ok(loadModule() instanceof WebAssembly.Module);
  assert.equal(loadModule(), loadModule());
});

test("a promise of a module is waited for", async () => {
  const { handler, entries } = handlerOf(new Promise((resolve) => setTimeout(() => resolve(loadModule()), 20)));
  const results = await Promise.all([handler(person), handler(person)]);
  for (const result of results) assert.match(atOrigin(result).toString(), /^{"ssn":"__es1\./);
  assert.deepEqual(entries.map(({ outcome }) => outcome), ["encrypted", "encrypted"]);
  assert.deepEqual(entries.map(({ cold_start }) => cold_start), [true, false]);
});

test("a module that cannot be had refuses every request", async () => {
  const { handler, entries } = handlerOf(Promise.reject(new Error("no such file")));
  for (const given of [person, person, event({ method: "GET" })]) {
    assert.equal(/** @type {any} */ (await handler(given)).status, "503");
  }
  const cause = { code: "policy_refused", status: 503, policy_error: { code: "io_failed" } };
  const said = entries.map(({ outcome, code, status, policy_error }) => ({ outcome, code, status, policy_error }));
  const refused = { outcome: "refused", ...cause };
  assert.deepEqual(said, [{ outcome: "not_loaded", ...cause }, refused, refused, refused]);
});

test("what is no module, or another's, refuses every request", () => {
  // Of a process of its own: the first module that works serves everybody.
  const script = `
    import { createOriginRequestHandler } from ${JSON.stringify(new URL("../src/lambda-edge.js", import.meta.url).href)};
    for (const module of [{}, 1, "wasm", new WebAssembly.Module(Buffer.from("AGFzbQEAAAA=", "base64"))]) {
      const handler = createOriginRequestHandler(${JSON.stringify(POLICY)}, { module, log: ({ outcome }) => console.log(outcome) });
      for (let i = 0; i < 3; i += 1) console.log((await handler(${JSON.stringify(person)})).status);
    }`;
  const said = execFileSync(process.execPath, ["--input-type=module"], { input: script, encoding: "utf8" }).trim().split("\n");
  assert.deepEqual(said, Array(4).fill(["not_loaded", "refused", "500", "refused", "500", "refused", "500"]).flat());
});
