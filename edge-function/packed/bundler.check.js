// Bundles that a user makes of the package.

import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { build } from "esbuild";

import { WITH_RELAXED_SIMD } from "../support/relaxed.js";
import { createProject, run } from "./project.js";

const SSN = "078-05-1120";
const WASM = "node_modules/edgeseal/wasm";
const FORMS = ["edgeseal_relaxed_bg.wasm", "edgeseal_bg.wasm", "edgeseal_scalar_bg.wasm"];

/**
 * A folder with a bundle, in which nothing of the package is left but its forms of the module, in `forms`.
 * @param {string} file
 * @param {import("esbuild").BuildOptions} options
 */
async function bundle(file, options) {
  const folder = createProject([file, "policy.js", "wasm-hooks.js"]);
  const print = 'import { policy } from "./policy.js"; process.stdout.write(policy);';
  writeFileSync(join(folder, "policy.json"), run(folder, "--input-type=module", "--eval", print));
  await build({ bundle: true, format: "esm", entryPoints: [join(folder, file)], outdir: join(folder, "dist"), logLevel: "error", ...options });
  copyFileSync(join(folder, "policy.json"), join(folder, "dist/policy.json"));
  mkdirSync(join(folder, "forms"));
  for (const form of FORMS) copyFileSync(join(folder, WASM, form), join(folder, "forms", form));
  rmSync(join(folder, "node_modules"), { recursive: true });
  return folder;
}

/** Runs a script in a folder, and gives the JSON of the last line that it prints. @param {string} folder @param {string[]} options */
function printed(folder, ...options) {
  return JSON.parse(run(folder, "--input-type=module", ...options).trim().split("\n").at(-1) ?? "");
}

const EVENT = {
  config: { eventType: "origin-request" },
  request: {
    method: "POST",
    uri: "/",
    querystring: "",
    headers: { "content-type": [{ value: "application/json" }] },
    body: { action: "read-only", data: btoa(JSON.stringify({ ssn: SSN })), encoding: "base64", inputTruncated: false },
  },
};
const CALL = `
  import { handler } from "./dist/lambda.js";
  console.log(JSON.stringify(await handler({ Records: [{ cf: ${JSON.stringify(EVENT)} }] })));`;

test("Lambda@Edge: a bundle that is given the module", async () => {
  const folder = await bundle("lambda.js", { platform: "node", target: "node20" });
  copyFileSync(join(folder, "forms/edgeseal_bg.wasm"), join(folder, "dist/edgeseal_bg.wasm"));
  const { body } = printed(folder, "--eval", CALL);
  assert.match(atob(body.data), /^\{"ssn":"__es1\.[^"]*"\}$/);
});

test("Lambda@Edge: a bundle that is given nothing takes the files where the package has them, all or one", async () => {
  const folder = await bundle("lambda.js", { platform: "node", target: "node20" });
  for (const forms of [FORMS, ...FORMS.map((form) => [form])]) {
    rmSync(join(folder, "wasm"), { recursive: true, force: true });
    mkdirSync(join(folder, "wasm"));
    for (const form of forms) copyFileSync(join(folder, "forms", form), join(folder, "wasm", form));
    const { body } = printed(folder, ...WITH_RELAXED_SIMD, "--eval", CALL);
    assert.match(atob(body.data), /^\{"ssn":"__es1\.[^"]*"\}$/);
  }
});

test("Lambda@Edge: a bundle without the package's file refuses everything", async () => {
  const folder = await bundle("lambda.js", { platform: "node", target: "node20" });
  const { status, body } = printed(folder, "--eval", CALL);
  assert.deepEqual([status, JSON.parse(body).code], ["503", "policy_refused"]);
});

test("Workers: the policy as text, the module beside the bundle", async () => {
  const folder = await bundle("worker.js", { platform: "neutral", target: "es2023", loader: { ".json": "text", ".wasm": "copy" } });
  const { status, text } = printed(folder, ...WITH_RELAXED_SIMD, "--import", "./wasm-hooks.js", "--eval", `
    import worker from "./dist/worker.js";
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: '{"ssn":"${SSN}"}' };
    const response = await worker.fetch(new Request("https://a.example/", init), {}, {});
    console.log(JSON.stringify({ status: response.status, text: await response.text() }));`);
  assert.equal(status, 200);
  assert.match(text, /^\{"ssn":"__es1\.[^"]*"\}$/);
});
