// The forms of the wasm module: which one is taken, and that all of them do the same.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

import { supportedForms } from "../src/forms.js";
import { body, event } from "../support/event.js";
import { POLICY } from "../support/policy.js";
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

const PACKAGE = new URL("..", import.meta.url);

/** @param {string} path relative to the package's folder @param {URL} [root] of a copy of it */
const url = (path, root = PACKAGE) => JSON.stringify(new URL(path, root).href);

/**
 * The file that is compiled where the engine knows so many of the probes.
 * @param {number} known
 * @param {URL} [root] of a copy of the package
 */
function compiledWith(known, root) {
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
    const { loadModule } = await import(${url("src/module.js", root)});
    loadModule();
    const files = ${JSON.stringify(FORMS)}.filter((name) => readFileSync(new URL(name, ${url("wasm/")})).equals(compiled));
    console.log(JSON.stringify({ files, probes }));`);
}

test("the fastest form is compiled whose instructions the engine knows", () => {
  for (const [known, file] of [[2, FORMS[0]], [1, FORMS[1]], [0, FORMS[2]]]) {
    assert.deepEqual(compiledWith(Number(known)), { files: [file], probes: 2 });
  }
});

const folder = mkdtempSync(join(tmpdir(), "edgeseal-forms-"));
after(() => rmSync(folder, { recursive: true }));

/** A copy of the package with these forms only. @param {string} name @param {string[]} forms */
function copyWith(name, forms) {
  const [from, to] = [fileURLToPath(PACKAGE), join(folder, name)];
  cpSync(join(from, "src"), join(to, "src"), { recursive: true });
  mkdirSync(join(to, "wasm"));
  for (const file of ["package.json", "wasm/edgeseal.js", ...forms.map((form) => `wasm/${form}`)]) copyFileSync(join(from, file), join(to, file));
  return pathToFileURL(`${to}/`);
}

/** What the handler of a copy of the package makes of a request, and the outcomes that it logs. @param {URL} root */
function handled(root) {
  return printed(`
    import { createOriginRequestHandler } from ${url("src/lambda-edge.js", root)};
    const entries = [];
    const handler = createOriginRequestHandler(${JSON.stringify(POLICY)}, { log: (entry) => void entries.push(entry) });
    const { status, body } = await handler(${JSON.stringify(event({ body: body('{"ssn":"078-05-1120"}') }))});
    console.log(JSON.stringify({ status, body, entries }));`);
}

test("a form that is not there is passed over", () => {
  const [relaxed = "", simd128 = "", scalar = ""] = FORMS;
  for (const [index, [known, there, file]] of [
    [2, [simd128], simd128],
    [2, [simd128, scalar], simd128],
    [2, [relaxed, scalar], relaxed],
    [2, [scalar], scalar],
    [1, [relaxed, scalar], scalar],
  ].entries()) {
    const root = copyWith(`copy-${index}`, /** @type {string[]} */ (there));
    assert.deepEqual(compiledWith(Number(known), root), { files: [file], probes: 2 });
  }
});

test("a package of which one form was copied seals, whatever else the engine knows", () => {
  const { body, entries } = handled(copyWith("one", ["edgeseal_bg.wasm"]));
  assert.match(atob(body.data), /^{"ssn":"__es1\./);
  assert.deepEqual(entries.map((/** @type {any} */ { outcome }) => outcome), ["encrypted"]);
});

test("a package without any of them, or with one that cannot be read, refuses every request", () => {
  const unreadable = copyWith("unreadable", ["edgeseal_bg.wasm"]);
  mkdirSync(new URL("wasm/edgeseal_relaxed_bg.wasm", unreadable));
  for (const root of [copyWith("none", []), unreadable]) {
    const { status, entries } = handled(root);
    assert.equal(status, "503");
    const said = entries.map((/** @type {any} */ { outcome, policy_error }) => [outcome, policy_error.code]);
    assert.deepEqual(said, [["not_loaded", "io_failed"], ["refused", "io_failed"]]);
  }
});

test("the loader names each file in a way that bundlers and tracers of files follow", () => {
  const text = readFileSync(new URL("src/module.js", PACKAGE), "utf8");
  for (const file of FORMS) assert.ok(text.includes(`new URL("../wasm/${file}", import.meta.url)`), file);
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
