// The bundles: what goes into archives that are deployed.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

import { supportedForms } from "../src/forms.js";
import { body, event } from "../support/event.js";
import { POLICY } from "../support/policy.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "edgeseal-bundle-"));
after(() => rmSync(folder, { recursive: true }));

/**
 * The text of a bundle, made anew.
 * @param {"lambda-edge" | "workers"} name
 * @param {string} file
 */
function bundle(name, file) {
  const outfile = join(folder, file);
  execFileSync("npm", ["run", "-s", `bundle:${name}`, "--", `--outfile=${outfile}`, "--allow-overwrite"], { cwd: root });
  return readFileSync(outfile, "utf8");
}

const lambdaEdge = bundle("lambda-edge", "lambda-edge.mjs");
const workers = bundle("workers", "workers.mjs");

test("a bundle made twice is the same, and says nothing of where it was made", () => {
  assert.equal(bundle("lambda-edge", "again.mjs"), lambdaEdge);
  assert.equal(bundle("workers", "again.mjs"), workers);
  for (const text of [lambdaEdge, workers]) assert.ok(!text.includes(root) && !text.includes(tmpdir()));
});

test("they import what lies beside them, and what the runtime has", () => {
  const imports = (/** @type {string} */ text) => [...text.matchAll(/^import .* from "(.*)";$/gm)].map(([, name]) => name);
  assert.deepEqual([...new Set(imports(lambdaEdge))], ["node:fs"]);
  assert.deepEqual(imports(workers).sort(), ["./edgeseal_relaxed_bg.wasm", "./policy.json"]);
  // The core and the fetch-style doors run where there is nothing of Node.js.
  const portable = workers.replace('globalThis.process?.getBuiltinModule?.("node:crypto")', "asked for by `hostRsa` alone");
  assert.notEqual(portable, workers);
  assert.doesNotMatch(portable, /\b(Buffer|process|require)\b[.(?]|node:/);
});

/**
 * Runs the bundle for Lambda@Edge in a folder of its own, cold.
 * @param {string} name
 * @param {Record<string, string | Uint8Array>} files
 */
function deployed(name, files) {
  const place = join(folder, name);
  mkdirSync(place);
  writeFileSync(join(place, "index.mjs"), lambdaEdge);
  copyFileSync(new URL("../wasm/edgeseal_bg.wasm", import.meta.url), join(place, "edgeseal_bg.wasm"));
  for (const [file, content] of Object.entries(files)) writeFileSync(join(place, file), content);
  const events = [event({ body: body('{"ssn":"078-05-1120"}') }), event({ method: "GET" })];
  writeFileSync(join(place, "run.mjs"), `
    import { handler } from "./index.mjs";
    const results = [];
    for (const event of ${JSON.stringify(events)}) results.push(await handler(event));
    console.log(JSON.stringify(results));`);
  const { stdout, stderr, status } = spawnSync(process.execPath, ["run.mjs"], { cwd: place, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  const lines = stdout.trim().split("\n").map((line) => JSON.parse(line));
  return { results: lines.pop(), entries: lines, stderr };
}

test("Lambda@Edge: a policy beside the bundle is followed", () => {
  const { results, entries, stderr } = deployed("good", { "policy.json": POLICY });
  assert.match(Buffer.from(results[0].body.data, "base64").toString(), /^{"ssn":"__es1\./);
  assert.equal(results[1].method, "GET");
  assert.deepEqual(entries.map(({ outcome, cold_start }) => [outcome, cold_start]), [["encrypted", true], ["passed", false]]);
  assert.equal(stderr, "");
});

test("Lambda@Edge: of the forms of the module beside the bundle the fastest is taken that the engine knows", () => {
  const relaxed = readFileSync(new URL("../wasm/edgeseal_relaxed_bg.wasm", import.meta.url));
  const { results } = deployed("both", { "policy.json": POLICY, "edgeseal_relaxed_bg.wasm": relaxed });
  assert.match(Buffer.from(results[0].body.data, "base64").toString(), /^{"ssn":"__es1\./);

  const broken = { "policy.json": POLICY, "edgeseal_relaxed_bg.wasm": "wasm" };
  const knowsRelaxed = supportedForms().includes("edgeseal_relaxed_bg.wasm");
  assert.equal(/CompileError/.test(deployed("broken", broken).stderr), knowsRelaxed);
});

test("Lambda@Edge: a form that another build left beside the bundle refuses every request, if the engine takes it", () => {
  const left = readFileSync(new URL("../wasm/edgeseal_relaxed_bg.wasm", import.meta.url));
  left.write(left.at(-1) === 0x30 ? "1" : "0", left.length - 1);
  const { results, stderr } = deployed("left", { "policy.json": POLICY, "edgeseal_relaxed_bg.wasm": left });
  const isTaken = supportedForms().includes("edgeseal_relaxed_bg.wasm");
  assert.equal(results[0].status, isTaken ? "503" : undefined);
  assert.equal(/"outcome":"not_loaded".*"code":"module_mismatched"/.test(stderr), isTaken);
});

test("with `hostRsa` in its options it seals with Node.js's RSA", () => {
  const { results } = deployed("rsa", { "policy.json": POLICY, "options.json": '{"hostRsa":true}' });
  assert.equal(results[0].body.action, "replace");
});

test("Lambda@Edge: options beside the bundle are followed", () => {
  const options = JSON.stringify({ metrics: "emf", countHeader: "X-Count", maxOutputBytes: 10 });
  const { results, entries } = deployed("options", { "policy.json": POLICY, "options.json": options });
  assert.equal(JSON.parse(results[0].body).code, "output_too_large");
  assert.deepEqual(results[1].headers["x-count"], [{ key: "X-Count", value: "0" }]);
  assert.equal(entries[0]._aws.CloudWatchMetrics[0].Namespace, "EdgeSeal");
});

/** @type {[name: string, files: Record<string, string | Uint8Array>, reason: RegExp][]} */
const BROKEN = [
  ["no policy", {}, /policy\.json/],
  ["a policy that is not UTF-8", { "policy.json": Buffer.from("ff", "hex") }, /not valid/],
  ["a policy with a byte order mark", { "policy.json": `\ufeff${POLICY}` }, /"code":"config_not_json"/],
  ["a policy that does not load", { "policy.json": "{}" }, /"code":"config_member_missing","pointer":"\/version"/],
  ["a module that is none", { "policy.json": POLICY, "edgeseal_bg.wasm": "wasm" }, /CompileError/],
  ["options that are not JSON", { "policy.json": POLICY, "options.json": "{" }, /SyntaxError/],
  ["options that are null", { "policy.json": POLICY, "options.json": "null" }, /TypeError/],
  ["an unknown option", { "policy.json": POLICY, "options.json": '{"log":true}' }, /options\.json/],
  ["an option of another type", { "policy.json": POLICY, "options.json": '{"countHeader":1}' }, /countHeader/],
];

for (const [name, files, reason] of BROKEN) {
  test(`Lambda@Edge: ${name} refuses every request, and says why`, () => {
    const { results, stderr } = deployed(name, files);
    for (const result of results) {
      assert.equal(result.status, "503");
      assert.equal(JSON.parse(result.body).code, "policy_refused");
    }
    assert.match(stderr, reason);
    assert.match(stderr, /"outcome":"not_loaded"/);
  });
}

/**
 * Runs the bundle for Cloudflare Workers, with imports as the host would give them.
 * @param {string} name
 * @param {string} policy a JavaScript expression
 */
function worker(name, policy) {
  const file = new URL(`../wasm/${supportedForms()[0]}`, import.meta.url).href;
  const compiled = `new WebAssembly.Module(readFileSync(new URL(${JSON.stringify(file)})))`;
  const text = workers
    .replace('import module from "./edgeseal_relaxed_bg.wasm";', `import { readFileSync } from "node:fs";\nconst module = ${compiled};`)
    .replace('import policy from "./policy.json";', `const policy = ${policy};`);
  writeFileSync(join(folder, `${name}.mjs`), text);
  writeFileSync(join(folder, `${name}-run.mjs`), `
    import worker from "./${name}.mjs";
    globalThis.fetch = async (request) => new Response(await request.text());
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: '{"ssn":"078-05-1120"}' };
    const response = await worker.fetch(new Request("https://a.example/", init), {}, {});
    console.log(JSON.stringify({ status: response.status, text: await response.text() }));`);
  const { stdout, stderr, status } = spawnSync(process.execPath, [`${name}-run.mjs`], { cwd: folder, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return { ...JSON.parse(stdout.trim().split("\n").pop() ?? ""), stderr };
}

test("Workers: a policy that is text is followed", () => {
  const { status, text } = worker("worker", JSON.stringify(POLICY));
  assert.equal(status, 200);
  assert.match(text, /^{"ssn":"__es1\./);
});

test("Workers: a policy that is no text, or does not load, refuses every request, and says why", () => {
  const rows = /** @type {const} */ ([["parsed", POLICY, /as text/], ["refused", '"{}"', /config_member_missing/]]);
  for (const [name, policy, reason] of rows) {
    const { status, text, stderr } = worker(name, policy);
    assert.equal(status, 503);
    assert.equal(JSON.parse(text).code, "policy_refused");
    assert.match(stderr, reason);
  }
});
