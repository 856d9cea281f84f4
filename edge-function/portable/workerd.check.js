// workerd: the portable suite, and the bundle for Cloudflare Workers as it is unpacked. `node portable/run.js workerd` runs it.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, test } from "node:test";

import { createOrigin, listen } from "../demo/origin.js";
import { loadModule } from "../src/module.js";
import { loadMaterial } from "./material.js";
import { modulesOf, startWorker } from "./runtimes/workerd.js";
import { run } from "./suite.js";

const material = loadMaterial();
const SSN = "078-05-1120";
const PERSON = `{"ssn":"${SSN}","n":1.50}`;
const JSON_TYPE = { "content-type": "application/json" };

/** @param {Parameters<typeof startWorker>} worker */
async function start(...worker) {
  const started = await startWorker(...worker);
  after(() => started.stop());
  return started;
}

test("the suite: as many cases as on Node.js, no failure, the same bytes", async () => {
  const { url } = await start(modulesOf("portable/worker.js"));
  const response = await fetch(url, { method: "POST", body: JSON.stringify(material) });
  assert.equal(response.status, 200, await response.clone().text());
  const [result, expected] = [await response.json(), await run({ module: loadModule(), ...material })];
  assert.deepEqual(result.failures, []);
  assert.deepEqual(result, expected);
});

test("with `hostRsa` and `nodejs_compat`: the same bytes", async () => {
  const { url } = await start(modulesOf("portable/host-rsa-worker.js"), { flags: ["nodejs_compat"] });
  const response = await fetch(url, { method: "POST", body: JSON.stringify(material) });
  assert.equal(response.status, 200, await response.clone().text());
  const { digests } = await run({ module: loadModule(), ...material, vectors: [] });
  assert.equal(Object.keys(digests).length, 8);
  assert.deepEqual(await response.json(), digests);
});

test("with `hostRsa` and without `nodejs_compat`: said at once", async () => {
  const { url } = await start(modulesOf("portable/host-rsa-worker.js"));
  const response = await fetch(url, { method: "POST", body: JSON.stringify(material) });
  assert.match(await response.text(), /^TypeError: .*hostRsa/);
});

test("a worker that draws randomness while it loads does not start, so ours draw none", async () => {
  const text = "crypto.getRandomValues(new Uint8Array(1)); export default { fetch: () => new Response() };";
  await assert.rejects(start([{ name: "worker.mjs", text }]), /global scope/);
});

const DIST = new URL("../dist/workers.mjs", import.meta.url);
const WASM = new URL("../wasm/edgeseal_relaxed_bg.wasm", import.meta.url);
const origin = createOrigin();
const outbound = await listen(origin.server);
after(() => origin.server.close());

/**
 * The folder that is uploaded, with what it fetches going to an origin that keeps it.
 * @param {string} policy
 * @param {string} [type]
 */
function startBundle(policy, type = "text") {
  assert.ok(existsSync(DIST), "`npm run bundle` has not run");
  const files = [{ name: "worker.mjs", file: DIST }, { name: "edgeseal_relaxed_bg.wasm", file: WASM }];
  return start([...files, { name: "policy.json", text: policy, type }], { outbound });
}

/**
 * @param {URL} to
 * @param {RequestInit} init
 */
async function send(to, init, path = "/people?a=b") {
  const before = origin.kept.length;
  const response = await fetch(new URL(path, to), init);
  return { status: response.status, text: await response.text(), kept: origin.kept.slice(before) };
}

test("the bundle seals, and sends on to the zone's origin", async () => {
  const { url } = await startBundle(material.policy);
  const given = { method: "PUT", headers: { ...JSON_TYPE, "x-ssn": SSN, "x-a": "b" }, body: PERSON };
  const { status, kept } = await send(url, given, `/people?ssn=${SSN}&a`);
  assert.equal(status, 201);
  const [{ method, url: path, headers, body } = assert.fail(), ...more] = kept;
  assert.deepEqual(more, []);
  assert.equal(method, "PUT");
  assert.match(path, /^\/people\?ssn=__es1\.pii-1\.s\.[\w-]{342}\.__&a$/);
  assert.match(String(headers["x-ssn"]), /^__es1\.pii-1\.s\.[\w-]{342}\.__$/);
  assert.match(String(body), /^{"ssn":"__es1\.pii-1\.s\.[\w-]{342}\.__","n":1\.50}$/);
  assert.deepEqual([headers["x-a"], headers["content-type"], headers.host], ["b", "application/json", url.host]);
});

test("the bundle lets through what the policy is not about", async () => {
  const { url } = await startBundle(material.policy);
  const { status, kept } = await send(url, { headers: { "x-a": "b" } }, "/%7Epeople?a=b%20c");
  assert.equal(status, 201);
  assert.deepEqual(kept.map(({ method, url, body }) => [method, url, body.length]), [["GET", "/%7Epeople?a=b%20c", 0]]);
});

/** @type {[name: string, policy: string, type: string, body: string, status: number, code: string][]} */
const REFUSED = [
  ["what is not JSON", material.policy, "text", `${PERSON},`, 400, "json_invalid"],
  ["a longer body than it takes", material.policy, "text", `"${SSN}${"x".repeat(1_048_576)}"`, 413, "body_too_large"],
  ["all, for a policy that does not load", "{}", "text", PERSON, 503, "policy_refused"],
  ["all, for a policy that is not imported as text", material.policy, "json", PERSON, 503, "policy_refused"],
];

for (const [name, policy, type, body, status, code] of REFUSED) {
  test(`the bundle refuses ${name}`, async () => {
    const { url } = await startBundle(policy, type);
    const answer = await send(url, { method: "POST", headers: JSON_TYPE, body });
    assert.equal(answer.status, status);
    assert.equal(JSON.parse(answer.text).code, code);
    assert.ok(!answer.text.includes(SSN));
    assert.deepEqual(answer.kept, []);
  });
}
