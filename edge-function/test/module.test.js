// The wasm module: from the package's file, or one that cannot be used.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
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

test("what is no module, or not of this build, refuses every request, and nobody else's", async () => {
  const file = readFileSync(new URL("../wasm/edgeseal_bg.wasm", import.meta.url));
  const start = file.lastIndexOf("edgeseal-build") - 3;
  const [unmarked, section] = [file.subarray(0, start), file.subarray(start)];
  const other = Buffer.from(file);
  other.write(file.at(-1) === 0x30 ? "1" : "0", file.length - 1);
  const foreign = [Buffer.from("AGFzbQEAAAA=", "base64"), unmarked, other, Buffer.concat([file, section])].map(compiled);
  for (const module of [{}, 1, "wasm", ...foreign, Promise.resolve(compiled(other))]) {
    const { handler, entries } = handlerOf(/** @type {any} */ (module));
    assert.equal(/** @type {any} */ (await handler(person)).status, "503");
    const said = entries.map(({ outcome, policy_error }) => [outcome, policy_error.code]);
    assert.deepEqual(said, [["not_loaded", "module_mismatched"], ["refused", "module_mismatched"]]);
  }
  const { handler } = handlerOf(compiled(Buffer.concat([unmarked, section])));
  assert.match(atOrigin(await handler(person)).toString(), /^{"ssn":"__es1\./);
});

test("what a module for edges exports encrypts, and what it imports draws: there is nothing in it that opens anything", () => {
  for (const file of ["edgeseal_bg", "edgeseal_relaxed_bg", "edgeseal_scalar_bg"]) {
    // The file is read and not run: an engine that does not know its instructions may refuse it.
    const bytes = readFileSync(new URL(`../wasm/${file}.wasm`, import.meta.url));
    if (!WebAssembly.validate(bytes)) continue;
    const module = compiled(bytes);
    const own = WebAssembly.Module.exports(module).map(({ name }) => name).filter((name) => !/^__(wbindgen|externref|abort|instance)_/.test(name));
    assert.deepEqual(own.sort(), ["__wbg_encryptor_free", "encryptor_encrypt", "encryptor_host", "encryptor_new", "memory"]);
    const kinds = WebAssembly.Module.imports(module).map(({ name }) => name.replace(/^__wbg_(.+)_[0-9a-f]+$/, "$1"));
    const others = kinds.filter((name) => !/^(new|new_from_slice|assign|set|set_name|push|call|length|prototypesetcall|instanceof_Uint8Array)$|^__wb/.test(name));
    assert.deepEqual(others, ["getRandomValues"]);
  }
});

/** @param {Uint8Array<ArrayBuffer>} bytes */
function compiled(bytes) {
  return new WebAssembly.Module(bytes);
}
