// Over HTTP: a client, the edge, an origin.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { createEdge, MAX_BODY_BYTES } from "../demo/edge.js";
import { createOrigin, listen } from "../demo/origin.js";
import { decrypt } from "../src/decrypt.js";
import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { ask, KEYRING, POLICY } from "../support/policy.js";

const SECRET = "078-05-1120";
const PERSON = `{"ssn": "${SECRET}", "n": 1.50}`;

const origin = createOrigin();
const port = await listen(origin.server);
const handler = createOriginRequestHandler(POLICY, { log: () => {} });
const edges = [createEdge(handler, { port }), createEdge(handler, { port, includeBody: false })];
const [url = "", bodyless = ""] = await Promise.all(edges.map(async (edge) => `http://127.0.0.1:${await listen(edge)}`));
after(() => [origin.server, ...edges].forEach((server) => server.close()));

/**
 * Sends a request; gives the answer, and what the origin got of it.
 * @param {string} to
 * @param {string} method
 * @param {Record<string, string>} headers
 * @param {string | Uint8Array} [content]
 */
async function send(to, method, headers, content) {
  const before = origin.kept.length;
  const init = { method, headers: { connection: "close", ...headers }, ...(content === undefined ? {} : { body: content }) };
  const response = await fetch(`${to}/people?a=b`, /** @type {RequestInit} */ (init));
  const text = await response.text();
  assert.ok(!text.includes(SECRET));
  return { status: response.status, headers: response.headers, text, kept: origin.kept.slice(before) };
}

const json = { "content-type": "application/json" };

for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
  test(`${method}: the origin gets tokens, and the reader the body`, async () => {
    const { status, kept } = await send(url, method, { ...json, "content-md5": "Q2hlY2sgSW50ZWdyaXR5IQ==", "x-a": "b" }, PERSON);
    assert.equal(status, 201);
    const [{ body, headers, ...got } = assert.fail(), ...more] = kept;
    assert.deepEqual(more, []);
    assert.deepEqual(got, { method, url: "/people?a=b" });
    assert.ok(!body.includes(SECRET));
    assert.equal(headers["content-length"], String(body.length));
    assert.equal(headers["content-md5"], undefined);
    assert.equal(headers["x-a"], "b");
    const opened = await decrypt(body, { format: "json", keyring: KEYRING, ask });
    assert.equal(Buffer.from(opened.body).toString(), PERSON);
  });
}

for (const method of ["GET", "HEAD", "OPTIONS", "POST", "DELETE"]) {
  test(`${method} without a body passes`, async () => {
    const { status, kept } = await send(url, method, {});
    assert.equal(status, 201);
    assert.equal(kept[0]?.body.length, 0);
  });
}

test("what is refused does not reach the origin", async () => {
  const long = `{"ssn": "${SECRET}", "n": "${"x".repeat(MAX_BODY_BYTES)}"}`;
  /** @type {[to: string, headers: Record<string, string>, content: string, code: string][]} */
  const rows = [
    [url, json, `${PERSON},`, "json_invalid"],
    [url, json, long, "body_truncated"],
    [url, json, long.slice(0, MAX_BODY_BYTES - 2) + '"}', "output_too_large"],
    [url, { "content-type": "text/plain" }, PERSON, "content_type_unsupported"],
    [url, { ...json, "content-encoding": "gzip" }, PERSON, "content_encoding_unsupported"],
    [url, json, '{"note": "__es1.pii-1"}', "foreign_token"],
    [bodyless, json, PERSON, "body_missing"],
  ];
  for (const [to, headers, content, code] of rows) {
    const answer = await send(to, "POST", headers, content);
    assert.equal(JSON.parse(answer.text).code, code);
    assert.equal(answer.status, JSON.parse(answer.text).status);
    assert.equal(answer.headers.get("content-type"), "application/problem+json");
    assert.equal(answer.headers.get("cache-control"), "no-store");
    assert.deepEqual(answer.kept, []);
  }
});

test("the edge itself refuses changed read-only headers, as CloudFront does", async () => {
  const edge = createEdge(async (event) => {
    const { request } = event.Records[0].cf;
    return { ...request, headers: { ...request.headers, "content-length": [{ value: "1" }] } };
  }, { port });
  try {
    const { status, kept } = await send(`http://127.0.0.1:${await listen(edge)}`, "POST", json, PERSON);
    assert.equal(status, 502);
    assert.deepEqual(kept, []);
  } finally {
    edge.close();
  }
});
