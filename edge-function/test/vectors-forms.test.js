// The test vectors on the module as it is shipped, optimised, in each of its forms.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

import { WITH_RELAXED_SIMD } from "../support/relaxed.js";

const FORMS = ["edgeseal_scalar_bg.wasm", "edgeseal_bg.wasm", "edgeseal_relaxed_bg.wasm"];

for (const [known, form] of FORMS.entries()) {
  test(`every vector on ${form}`, () => {
    // An engine that knows so many of the instructions; what it compiled is said at the end, where the exit code says whether all went well.
    const input = `
      import { readFileSync } from "node:fs";
      const { validate, Module } = WebAssembly;
      let probes = 0;
      const compiled = [];
      WebAssembly.validate = (bytes) => (probes += 1) > ${FORMS.length - 1} - ${known} && validate(bytes);
      WebAssembly.Module = class extends Module {
        constructor(bytes) {
          super(bytes);
          compiled.push(bytes);
        }
      };
      process.on("exit", () => {
        const is = (name) => compiled.some((bytes) => readFileSync(new URL(name, ${JSON.stringify(new URL("../wasm/", import.meta.url).href)})).equals(bytes));
        console.log(JSON.stringify(${JSON.stringify(FORMS)}.filter(is)));
      });
      await import(${JSON.stringify(new URL("vectors.test.js", import.meta.url).href)});`;
    const options = [...WITH_RELAXED_SIMD, "--test-reporter=tap", "--input-type=module"];
    const env = { ...process.env, NODE_TEST_CONTEXT: undefined };
    const said = execFileSync(process.execPath, options, { input, env, encoding: "utf8", maxBuffer: 1 << 26 });
    assert.match(said, new RegExp(`^\\["${form.replace(".", "\\.")}"\\]$`, "m"));
    const passed = said.match(/^ok \d+ - \w+_test\.json by (wasm|handler): \d+ tests$/gm) ?? [];
    assert.equal(passed.length, 9, said);
  });
}
