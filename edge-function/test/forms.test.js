// The forms of the wasm module: which one is taken, and that all of them do the same.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

import { supportedForms } from "../src/forms.js";
import { WITH_RELAXED_SIMD } from "../support/relaxed.js";

const FORMS = ["edgeseal_relaxed_bg.wasm", "edgeseal_bg.wasm", "edgeseal_scalar_bg.wasm"];

/**
 * Runs a script with a Node.js that knows relaxed SIMD, in a process of its own, for the first module that works serves everybody. Gives
 * the JSON that it prints.
 * @param {string} input
 */
function printed(input) {
  const options = [...WITH_RELAXED_SIMD, "--input-type=module"];
  return JSON.parse(execFileSync(process.execPath, options, { input, encoding: "utf8" }));
}

/** @param {string} path relative to the package's folder */
const url = (path) => JSON.stringify(new URL(`../${path}`, import.meta.url).href);

/**
 * The file that is compiled where the engine knows so many of the probes.
 * @param {number} known
 */
function compiledWith(known) {
  return printed(`
    import { readFileSync } from "node:fs";
    const { validate, Module } = WebAssembly;
    let [probes, compiled] = [0, undefined];
    WebAssembly.validate = (bytes) => (probes += 1) > ${FORMS.length - 1} - ${known} && validate(bytes);
    WebAssembly.Module = class extends Module {
      constructor(bytes) {
        super((compiled = bytes));
      }
    };
    const { loadModule } = await import(${url("src/module.js")});
    loadModule();
    const files = ${JSON.stringify(FORMS)}.filter((name) => readFileSync(new URL(name, ${url("wasm/")})).equals(compiled));
    console.log(JSON.stringify({ files, probes }));`);
}

test("the fastest form is compiled whose instructions the engine knows", () => {
  for (const [known, file] of [[2, FORMS[0]], [1, FORMS[1]], [0, FORMS[2]]]) {
    assert.deepEqual(compiledWith(Number(known)), { files: [file], probes: 2 });
  }
});

test("this engine knows SIMD128, and none of its forms is invalid here", () => {
  const supported = supportedForms();
  assert.deepEqual(supported, FORMS.slice(-supported.length));
  assert.ok(supported.length >= 2);
});

test("every form passes the portable suite, and gives the same bytes for the same randomness", () => {
  const [first, ...others] = FORMS.map((name) =>
    printed(`
      import { readFileSync } from "node:fs";
      import { loadMaterial } from ${url("portable/material.js")};
      import { run } from ${url("portable/suite.js")};
      const module = new WebAssembly.Module(readFileSync(new URL(${url(`wasm/${name}`)})));
      console.log(JSON.stringify(await run({ module, ...loadMaterial() })));`),
  );
  assert.deepEqual(first.failures, []);
  assert.ok(first.cases >= 590 && Object.keys(first.digests).length > 0);
  for (const other of others) assert.deepEqual(other, first);
});

test("the three are three", () => {
  const sizes = printed(`
    import { readFileSync } from "node:fs";
    const texts = ${JSON.stringify(FORMS)}.map((name) => readFileSync(new URL(name, ${url("wasm/")}), "base64"));
    console.log(new Set(texts).size);`);
  assert.equal(sizes, 3);
});
