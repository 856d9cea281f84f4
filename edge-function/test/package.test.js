// The packed archive: what a user installs.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, test } from "node:test";

import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { POLICY } from "../support/policy.js";

const folder = mkdtempSync(join(tmpdir(), "edgeseal-package-"));
after(() => rmSync(folder, { recursive: true }));

const WASM = [
  "edgeseal.cdx.json",
  "edgeseal.d.ts",
  "edgeseal.js",
  "edgeseal_bg.wasm",
  "edgeseal_decrypt.cdx.json",
  "edgeseal_decrypt.d.ts",
  "edgeseal_decrypt.js",
  "edgeseal_decrypt_bg.wasm",
  "edgeseal_relaxed_bg.wasm",
  "edgeseal_scalar_bg.wasm",
  "package.cdx.json",
].map((name) => `wasm/${name}`);

test("the packed archive works on its own, with nothing else in it", () => {
  const npm = ["pack", "--json", "--loglevel=error", "--pack-destination", folder];
  const root = fileURLToPath(new URL("..", import.meta.url));
  const [{ filename, files }] = JSON.parse(execFileSync("npm", npm, { cwd: root, encoding: "utf8" }));
  const names = files.map((/** @type {{ path: string }} */ { path }) => path);
  const others = names.filter((/** @type {string} */ name) => !/^(bin|local|src|types)\/[\w-]+(\/[\w-]+)?(\.d\.ts|\.js)$/.test(name));
  assert.deepEqual(others.sort(), ["README.md", "package.json", ...WASM]);
  const { exports, bin } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  assert.deepEqual(Object.keys(exports).sort(), ["./decrypt", "./edgeseal_bg.wasm", "./edgeseal_relaxed_bg.wasm", "./edgeseal_scalar_bg.wasm", "./fetch", "./lambda-edge", "./module", "./node", "./workers"]);
  const targets = [...Object.values(exports).flatMap((target) => Object.values(target)), ...Object.values(bin)];
  assert.equal(targets.length, 19);
  for (const target of targets) assert.ok(names.includes(target.replace("./", "")), target);

  const installed = join(folder, "node_modules/edgeseal");
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xzf", join(folder, filename), "--strip-components=1", "-C", installed]);
  writeFileSync(join(folder, "policy.json"), POLICY);
  writeFileSync(join(folder, "index.mjs"), SCRIPT);
  const said = execFileSync(process.execPath, ["index.mjs"], { cwd: folder, encoding: "utf8" });
  const { lambda, fetched, middleware, wasm } = JSON.parse(said);
  assert.equal(lambda.body.action, "replace");
  assert.match(fetched, /^{"ssn":"__es1\./);
  assert.equal(middleware, "function");
  assert.match(wasm, /edgeseal\/wasm\/edgeseal_bg\.wasm$/);
});

test("a handler fits the types of @types/aws-lambda", () => {
  /** @type {(event: import("aws-lambda").CloudFrontRequestEvent) => Promise<import("aws-lambda").CloudFrontRequestResult>} */
  const handler = createOriginRequestHandler(POLICY);
  assert.equal(typeof handler, "function");
});

const SCRIPT = `
import { readFileSync } from "node:fs";
import { decrypt } from "edgeseal/decrypt";
import { createRequestSealer } from "edgeseal/fetch";
import { createOriginRequestHandler } from "edgeseal/lambda-edge";
import { loadModule } from "edgeseal/module";
import { createMiddleware } from "edgeseal/node";

const policy = readFileSync("policy.json", "utf8");
const handler = createOriginRequestHandler(policy, { log: () => {} });
const body = { action: "read-only", data: btoa('{"ssn":"1"}'), encoding: "base64", inputTruncated: false };
const headers = { "content-type": [{ value: "application/json" }] };
const request = { method: "POST", uri: "/", querystring: "", headers, body };
const lambda = await handler({ Records: [{ cf: { config: { eventType: "origin-request" }, request } }] });

const seal = createRequestSealer(policy, { module: loadModule(), log: () => {} });
const init = { method: "POST", headers: { "content-type": "application/json" }, body: '{"ssn":"1"}' };
const fetched = await (await seal(new Request("https://a.example/", init))).text();

if (typeof decrypt !== "function") throw new Error("no decrypt");
const wasm = import.meta.resolve("edgeseal/edgeseal_bg.wasm");
console.log(JSON.stringify({ lambda, fetched, middleware: typeof createMiddleware(policy, { log: () => {} }), wasm }));
`;
