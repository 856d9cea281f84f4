// Fetch-style runtimes.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { decrypt } from "../src/decrypt.js";
import { createRequestSealer } from "../src/fetch.js";
import { loadModule } from "../src/module.js";
import { ask, KEYRING, policyOf } from "../support/policy.js";
import { serveOrigin } from "../support/server.js";

const SSN = "078-05-1120";
const PERSON = `{"ssn":"${SSN}","n":1.50}`;
const URL_ = "https://api.example/people?a=b%20c&x#part";
const JSON_TYPE = { "content-type": "application/json" };
const POLICY = policyOf([{ path: "$..ssn" }, { query: "ssn" }, { header: "x-ssn" }]);

/**
 * Seals a request; gives what comes out and the log's entry.
 * @param {string} url
 * @param {RequestInit & { duplex?: "half" }} [init]
 * @param {Partial<import("../types/fetch.d.ts").RequestSealerOptions>} [options]
 */
async function seal(url, init, options) {
  /** @type {any} */
  let entry;
  const sealer = createRequestSealer(POLICY, { module: loadModule(), log: (said) => void (entry = said), ...options });
  const given = new Request(url, init);
  const result = /** @type {any} */ (await sealer(given));
  return { given, result, entry };
}

/** @param {string} text */
async function opened(text) {
  const { body } = await decrypt(Buffer.from(text), { format: "text", keyring: KEYRING, ask });
  return Buffer.from(body).toString();
}

/** @param {unknown[]} chunks */
function streamOf(...chunks) {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

/** @param {any} result @param {number} status @param {string} code */
async function assertRefusal(result, status, code) {
  assert.ok(result instanceof Response);
  assert.equal(result.status, status);
  assert.equal(result.headers.get("content-type"), "application/problem+json");
  assert.equal(result.headers.get("cache-control"), "no-store");
  assert.deepEqual(await result.json(), { type: "about:blank", title: result.statusText, status, code });
}

test("body, query string and headers are encrypted", async () => {
  const headers = { ...JSON_TYPE, "X-SSN": SSN, "content-length": String(PERSON.length), digest: "SHA-256=x" };
  const { result, entry } = await seal(`https://api.example/people?a=%20&ssn=${SSN}`, { method: "PATCH", headers, body: PERSON });
  assert.match(result.url, /^https:\/\/api\.example\/people\?a=%20&ssn=__es1\.pii-1\.s\..{342}\.__$/);
  assert.equal(await opened(result.url), `https://api.example/people?a=%20&ssn=${SSN}`);
  assert.equal(await opened(result.headers.get("x-ssn")), SSN);
  assert.equal(result.headers.get("digest"), null);
  const content = await result.text();
  assert.equal(await opened(content), PERSON);
  assert.equal(result.headers.get("content-length"), String(content.length));
  assert.deepEqual([entry.outcome, entry.values, entry.body_bytes], ["encrypted", 3, PERSON.length]);
  assert.equal(entry.policy, createHash("sha256").update(POLICY).digest("hex"));
});

for (const [name, content] of /** @type {const} */ ([["encrypted", PERSON], ["unchanged", '{"n":1.50}']])) {
  test(`everything else of a request that is ${name} stays`, async () => {
    const controller = new AbortController();
    const init = /** @type {const} */ ({
      method: "PUT",
      headers: { ...JSON_TYPE, accept: "*/*", "x-a": "b" },
      body: content,
      redirect: "manual",
      credentials: "include",
      integrity: "sha256-x",
      keepalive: true,
      referrerPolicy: "no-referrer",
      cache: "no-store",
      signal: controller.signal,
    });
    const { given, result, entry } = await seal(URL_, init);
    assert.equal(entry.outcome, name);
    for (const member of ["url", "method", "redirect", "credentials", "integrity", "keepalive", "referrerPolicy", "cache", "mode"]) {
      assert.equal(result[member], /** @type {any} */ (given)[member], member);
    }
    assert.deepEqual([...result.headers], [...given.headers]);
    assert.equal(await opened(await result.text()), content);
    controller.abort();
    assert.equal(result.signal.aborted, true);
  });
}

test("what Cloudflare adds to a request stays", async () => {
  const cf = { colo: "FRA" };
  class CloudflareRequest extends Request {
    /** @param {any} input @param {any} [init] */
    constructor(input, init) {
      super(input, init);
      this.cf = init?.cf;
    }
  }
  const original = globalThis.Request;
  globalThis.Request = CloudflareRequest;
  try {
    const sealer = createRequestSealer(POLICY, { module: loadModule(), log: () => {} });
    const given = new CloudflareRequest(URL_, { method: "POST", headers: JSON_TYPE, body: PERSON, cf });
    assert.equal(/** @type {any} */ (await sealer(given)).cf, cf);
  } finally {
    globalThis.Request = original;
  }
});

test("a runtime that keeps a body by reference gets one that nobody zeroes", async () => {
  /** @type {any} */
  let kept;
  const original = globalThis.Request;
  const given = new Request(URL_, { method: "POST", headers: JSON_TYPE, body: '{"n":1.50}' });
  globalThis.Request = class extends Request {
    /** @param {any} input @param {any} init */
    constructor(input, init) {
      super(input, init);
      kept = init.body;
    }
  };
  try {
    await createRequestSealer(POLICY, { module: loadModule(), log: () => {} })(given);
  } finally {
    globalThis.Request = original;
  }
  assert.equal(Buffer.from(kept).toString(), '{"n":1.50}');
});

test("a request without anything to look at is given back", async () => {
  for (const method of ["GET", "HEAD", "OPTIONS", "POST", "DELETE"]) {
    const { given, result } = await seal(URL_, { method });
    assert.equal(result, given, method);
  }
});

test("a body that streams is read in pieces", async () => {
  const body = streamOf(...Array.from(Buffer.from(PERSON), (byte) => Uint8Array.of(byte)));
  const { result } = await seal(URL_, { method: "POST", headers: JSON_TYPE, body, duplex: "half" });
  assert.equal(await opened(await result.text()), PERSON);
});

test("the pieces of a body are the caller's, and are not zeroed", async () => {
  const piece = Buffer.from(PERSON);
  await seal(URL_, { method: "POST", headers: JSON_TYPE, body: streamOf(piece.subarray()), duplex: "half" });
  assert.equal(piece.toString(), PERSON);
});

test("an empty body passes", async () => {
  const body = streamOf();
  const { result, entry } = await seal(URL_, { method: "POST", body, duplex: "half" });
  assert.equal(entry.outcome, "unchanged");
  assert.equal(await result.text(), "");
});

test("a body is read up to the limit, and not further", async () => {
  let pulled = 0;
  let isCancelled = false;
  const body = () => new ReadableStream({
    pull: (controller) => ((pulled += 1), controller.enqueue(new Uint8Array(1024).fill(0x20))),
    cancel: () => void (isCancelled = true),
  }, { highWaterMark: 0 });
  const { result, entry } = await seal(URL_, { method: "POST", headers: JSON_TYPE, body: body(), duplex: "half" });
  await assertRefusal(result, 413, "body_too_large");
  assert.equal(entry.code, "body_too_large");
  assert.equal(pulled, 1025);
  assert.equal(isCancelled, true);
});

test("the limit is in bytes, and an option", async () => {
  const init = { method: "POST", headers: JSON_TYPE, body: PERSON };
  assert.ok((await seal(URL_, init, { maxInputBytes: PERSON.length })).result instanceof Request);
  await assertRefusal((await seal(URL_, init, { maxInputBytes: PERSON.length - 1 })).result, 413, "body_too_large");
  for (const maxInputBytes of [-1, 0.5, NaN, /** @type {any} */ ("1")]) {
    assert.throws(() => createRequestSealer(POLICY, { module: loadModule(), maxInputBytes }), RangeError);
  }
});

test("a browser that cannot say whether there is a body", async () => {
  /** @param {Request} request */
  const withoutStream = (request) => Object.defineProperty(request, "body", { value: undefined });
  const sealer = createRequestSealer(POLICY, { module: loadModule(), log: () => {}, maxInputBytes: 100 });
  const init = (/** @type {string} */ body) => ({ method: "POST", headers: JSON_TYPE, body });
  const sealed = /** @type {Request} */ (await sealer(withoutStream(new Request(URL_, init(PERSON)))));
  assert.equal(await opened(await sealed.text()), PERSON);
  await assertRefusal(await sealer(withoutStream(new Request(URL_, init(PERSON.padEnd(101))))), 413, "body_too_large");
  const empty = await sealer(withoutStream(new Request(URL_)));
  assert.ok(empty instanceof Request);
});

/** @type {[name: string, init: RequestInit & { duplex?: "half" }, status: number, code: string][]} */
const REFUSED = [
  ["no content type", { method: "POST", body: Buffer.from(PERSON) }, 415, "content_type_unsupported"],
  ["two content types", {
    method: "POST",
    headers: [["content-type", "application/json"], ["content-type", "text/plain"]],
    body: PERSON,
  }, 415, "content_type_unsupported"],
  ["a coding", {
    method: "POST",
    headers: { ...JSON_TYPE, "content-encoding": "gzip" },
    body: PERSON,
  }, 415, "content_encoding_unsupported"],
  ["not JSON", { method: "POST", headers: JSON_TYPE, body: "{" }, 400, "json_invalid"],
  ["a foreign token in a header", { headers: { "x-ssn": "__es1.k.s.A.__" } }, 400, "foreign_token"],
  ["a stream that fails", {
    method: "POST",
    headers: JSON_TYPE,
    duplex: "half",
    body: new ReadableStream({ pull: (controller) => controller.error(new Error(SSN)) }),
  }, 413, "body_truncated"],
  ["a stream of text", { method: "POST", headers: JSON_TYPE, duplex: "half", body: streamOf(PERSON) }, 500, "internal"],
];

for (const [name, init, status, code] of REFUSED) {
  test(`${name} is refused`, async () => {
    const { result, entry } = await seal(URL_, init);
    await assertRefusal(result, status, code);
    assert.equal(entry.code, code);
  });
}

test("a body that was read already is refused", async () => {
  const request = new Request(URL_, { method: "POST", headers: JSON_TYPE, body: PERSON });
  await request.text();
  const sealer = createRequestSealer(POLICY, { module: loadModule(), log: () => {} });
  await assertRefusal(await sealer(request), 500, "internal");
});

test("the count goes with the request, and nobody can forge it", async () => {
  const options = { countHeader: "x-count" };
  const { result } = await seal(URL_, { method: "POST", headers: { ...JSON_TYPE, "x-count": "9" }, body: PERSON }, options);
  assert.equal(result.headers.get("x-count"), "1");
  assert.equal((await seal(URL_, { headers: { "X-Count": "9" } }, options)).result.headers.get("x-count"), "0");
});

test("a method in small letters is every method", async () => {
  const policy = policyOf([{ path: "$.ssn", methods: ["PUT"] }]);
  const sealer = createRequestSealer(policy, { module: loadModule(), log: () => {} });
  for (const [method, isEncrypted] of /** @type {const} */ ([["PUT", true], ["PATCH", false], ["patch", true]])) {
    const sealed = /** @type {Request} */ (await sealer(new Request(URL_, { method, headers: JSON_TYPE, body: PERSON })));
    assert.equal(sealed.method, method);
    assert.equal((await sealed.text()).includes("__es1."), isEncrypted, method);
  }
});

test("what is sealed can be sent", async () => {
  const origin = await serveOrigin();
  try {
    for (const length of [{}, { "content-length": String(PERSON.length) }]) {
      const init = { method: "POST", headers: { ...JSON_TYPE, ...length }, body: PERSON };
      const { result } = await seal(`${origin.url}/people?ssn=1`, init);
      assert.equal((await fetch(result)).status, 201);
      const { body, headers, url = "" } = origin.kept.pop() ?? assert.fail();
      assert.equal(await opened(url), "/people?ssn=1");
      assert.equal(await opened(body.toString()), PERSON);
      assert.equal(headers["content-length"], String(body.length));
    }
  } finally {
    origin.close();
  }
});
