// The packed archive: what a user installs.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after, test } from "node:test";

import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { POLICY } from "../support/policy.js";

const folder = mkdtempSync(join(tmpdir(), "edgeseal-package-"));
after(() => rmSync(folder, { recursive: true }));

test("the packed archive works on its own, with nothing else in it", () => {
  const npm = ["pack", "--json", "--loglevel=error", "--pack-destination", folder];
  const root = fileURLToPath(new URL("..", import.meta.url));
  const [{ filename, files }] = JSON.parse(execFileSync("npm", npm, { cwd: root, encoding: "utf8" }));
  const names = files.map((/** @type {{ path: string }} */ { path }) => path);
  const others = names.filter((/** @type {string} */ name) => !/^(src|types|wasm)\//.test(name));
  assert.deepEqual(others.sort(), ["README.md", "package.json"]);
  assert.ok(names.includes("wasm/edgeseal_bg.wasm"));

  const installed = join(folder, "node_modules/edgeseal");
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xzf", join(folder, filename), "--strip-components=1", "-C", installed]);
  writeFileSync(join(folder, "policy.json"), POLICY);
  writeFileSync(join(folder, "index.mjs"), SCRIPT);
  const result = JSON.parse(execFileSync(process.execPath, ["index.mjs"], { cwd: folder, encoding: "utf8" }));
  assert.equal(result.body.action, "replace");
});

test("a handler fits the types of @types/aws-lambda", () => {
  /** @type {(event: import("aws-lambda").CloudFrontRequestEvent) => Promise<import("aws-lambda").CloudFrontRequestResult>} */
  const handler = createOriginRequestHandler(POLICY);
  assert.equal(typeof handler, "function");
});

const SCRIPT = `
import { readFileSync } from "node:fs";
import { decrypt } from "edgeseal/decrypt";
import { createOriginRequestHandler } from "edgeseal/lambda-edge";

const handler = createOriginRequestHandler(readFileSync("policy.json", "utf8"), { log: () => {} });
const body = { action: "read-only", data: btoa('{"ssn":"1"}'), encoding: "base64", inputTruncated: false };
const headers = { "content-type": [{ value: "application/json" }] };
const request = { method: "POST", uri: "/", querystring: "", headers, body };
const result = await handler({ Records: [{ cf: { config: { eventType: "origin-request" }, request } }] });
if (typeof decrypt !== "function") throw new Error("no decrypt");
console.log(JSON.stringify(result));
`;
