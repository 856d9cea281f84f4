// A worker: it seals requests and sends them on.

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { decrypt } from "../src/decrypt.js";
import { loadModule } from "../src/module.js";
import { createWorkerOf } from "../src/worker.js";
import { ask, KEYRING, policyOf } from "../support/policy.js";
import { serveOrigin } from "../support/server.js";

const SSN = "078-05-1120";
const PERSON = `{"ssn":"${SSN}"}`;
const POLICY = policyOf([{ path: "$.ssn" }, { query: "ssn" }]);
const JSON_TYPE = { "content-type": "application/json" };
const quiet = { log: () => {} };

/** @param {string} url @param {RequestInit} [init] */
const person = (url, init) => new Request(url, { method: "POST", headers: JSON_TYPE, body: PERSON, ...init });

/** @param {string | Uint8Array} content */
async function opened(content) {
  const { body } = await decrypt(Buffer.from(content), { format: "text", keyring: KEYRING, ask });
  return Buffer.from(body).toString();
}

test("sealed requests go where they were going", async () => {
  const origin = await serveOrigin();
  try {
    const worker = createWorkerOf(loadModule(), POLICY, quiet);
    assert.equal((await worker.fetch(person(`${origin.url}/people?ssn=1`))).status, 201);
    const { body, url = "" } = origin.kept[0] ?? assert.fail();
    assert.equal(await opened(body), PERSON);
    assert.equal(await opened(url), "/people?ssn=1");
  } finally {
    origin.close();
  }
});

test("or to another origin, with everything else as it was", async () => {
  const origin = await serveOrigin();
  try {
    for (const to of [origin.url, new URL(origin.url)]) {
      const worker = createWorkerOf(loadModule(), POLICY, { ...quiet, origin: to });
      const init = { method: "PUT", headers: { ...JSON_TYPE, "x-a": "b" } };
      const response = await worker.fetch(person("https://api.example:8443/people?a=b%20c", init));
      assert.equal(response.status, 201);
      const { body, method, url, headers } = origin.kept.pop() ?? assert.fail();
      assert.deepEqual([method, url, headers["x-a"]], ["PUT", "/people?a=b%20c", "b"]);
      assert.equal(`http://${headers.host}`, origin.url);
      assert.equal(await opened(body), PERSON);
    }
  } finally {
    origin.close();
  }
  for (const to of ["https://origin.example/path", "https://origin.example/?a", "origin"]) {
    assert.throws(() => createWorkerOf(loadModule(), POLICY, { origin: to }), TypeError, to);
  }
});

test("or to a function, which gets what the worker got", async () => {
  const [env, context] = [{}, {}];
  const origin = mock.fn(async (/** @type {Request} */ request) => new Response(await request.text()));
  const worker = createWorkerOf(loadModule(), POLICY, { ...quiet, origin });
  const response = await worker.fetch(person("https://api.example/"), env, context);
  assert.equal(await opened(await response.text()), PERSON);
  assert.deepEqual(origin.mock.calls[0]?.arguments.slice(1), [env, context]);
});

test("what is refused goes nowhere", async () => {
  const origin = mock.fn(() => new Response());
  const worker = createWorkerOf(loadModule(), POLICY, { ...quiet, origin });
  for (const [init, status] of /** @type {const} */ ([[{ body: "{" }, 400], [{ body: "x".repeat(1_048_577) }, 413]])) {
    assert.equal((await worker.fetch(person("https://api.example/", init))).status, status);
  }
  const refused = createWorkerOf(loadModule(), "{}", { ...quiet, origin });
  assert.equal((await refused.fetch(new Request("https://api.example/"))).status, 503);
  assert.equal(origin.mock.callCount(), 0);
});

test("URLs and headers that Cloudflare would not send are refused", async () => {
  const origin = mock.fn(() => new Response());
  const worker = createWorkerOf(loadModule(), POLICY, { ...quiet, origin });
  const long = await worker.fetch(new Request(`https://api.example/?ssn=1&a=${"b".repeat(16_100)}`));
  assert.equal(JSON.parse(await long.text()).code, "head_too_large");
  assert.equal(origin.mock.callCount(), 0);
});

test("the log has Cloudflare's request id, and nothing that only looks like one", async () => {
  /** @type {any[]} */
  const entries = [];
  const log = (/** @type {any} */ entry) => void entries.push(entry);
  const worker = createWorkerOf(loadModule(), POLICY, { log, origin: () => new Response() });
  for (const ray of ["8f1b2c3d4e5f6a7b-FRA", "8f1b2c3d4e5f6a7b", SSN, "8f1b2c3d4e5f6a7b-FRA\t"]) {
    await worker.fetch(new Request("https://api.example/", { headers: { "cf-ray": ray } }));
  }
  const ids = ["8f1b2c3d4e5f6a7b-FRA", "8f1b2c3d4e5f6a7b", undefined, "8f1b2c3d4e5f6a7b-FRA"];
  assert.deepEqual(entries.map(({ request_id }) => request_id), ids);
});
