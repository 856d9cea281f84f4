// The doors that need no server: Lambda@Edge, fetch, and decryption in a backend.

import assert from "node:assert/strict";
import { test } from "node:test";

import { decrypt } from "edgeseal/decrypt";
import { createRequestSealer } from "edgeseal/fetch";
import { createOriginRequestHandler } from "edgeseal/lambda-edge";
import { loadModule } from "edgeseal/module";

import { decryptRsa, keyring, opened, policy, SSN } from "./policy.js";

const log = () => {};
const PERSON = JSON.stringify({ ssn: SSN, n: 1.5 });

/** @param {string} content */
const eventOf = (content) => ({
  Records: [{
    cf: {
      config: { eventType: "origin-request" },
      request: {
        method: "POST",
        uri: "/people",
        querystring: `ssn=${SSN}`,
        headers: { "content-type": [{ key: "Content-Type", value: "application/json" }], "x-ssn": [{ key: "X-Ssn", value: SSN }] },
        body: { action: /** @type {const} */ ("read-only"), data: btoa(content), encoding: /** @type {const} */ ("base64"), inputTruncated: false },
      },
    },
  }],
});

test("edgeseal/lambda-edge", async () => {
  const handler = createOriginRequestHandler(policy, { log });
  const sealed = /** @type {any} */ (await handler(eventOf(PERSON)));
  assert.equal(opened(JSON.parse(atob(sealed.body.data)).ssn), SSN);
  assert.equal(opened(new URLSearchParams(sealed.querystring).get("ssn")), SSN);
  assert.equal(opened(sealed.headers["x-ssn"][0].value), SSN);
  const refused = /** @type {any} */ (await handler(eventOf("{")));
  assert.equal(refused.status, "400");
});

test("edgeseal/fetch with edgeseal/module", async () => {
  const seal = createRequestSealer(policy, { module: loadModule(), log });
  const init = { method: "POST", headers: { "content-type": "application/json", "x-ssn": SSN } };
  const sealed = await seal(new Request(`https://a.example/?ssn=${SSN}`, { ...init, body: PERSON }));
  assert.ok(sealed instanceof Request);
  assert.equal(opened((await sealed.json()).ssn), SSN);
  assert.equal(opened(new URL(sealed.url).searchParams.get("ssn")), SSN);
  assert.equal(opened(sealed.headers.get("x-ssn")), SSN);
  const refused = await seal(new Request("https://a.example/", { ...init, body: "{" }));
  assert.ok(refused instanceof Response);
  assert.equal((await refused.json()).code, "json_invalid");
});

test("edgeseal/decrypt", async () => {
  const seal = createRequestSealer(policy, { module: loadModule(), log });
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: PERSON };
  const sealed = /** @type {Request} */ (await seal(new Request("https://a.example/", init)));
  const text = new Uint8Array(await sealed.arrayBuffer());
  const { body, report } = await decrypt(text, { format: "json", keyring, ask: ({ bytes }) => decryptRsa(bytes) });
  assert.equal(Buffer.from(body).toString(), PERSON);
  assert.deepEqual(report, { found: 1, decrypted: 1, kept: [] });
});

test("the wasm file is one for those who load it themselves", async () => {
  const { readFile } = await import("node:fs/promises");
  const file = await readFile(new URL(import.meta.resolve("edgeseal/edgeseal_bg.wasm")));
  const seal = createRequestSealer(policy, { module: WebAssembly.compile(file), log });
  const sealed = await seal(new Request(`https://a.example/?ssn=${SSN}`));
  assert.equal(opened(new URL(sealed.url).searchParams.get("ssn")), SSN);
});
