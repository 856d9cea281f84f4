// Fastify on a server of its own: what its parsers and routes read behind the middleware.

import assert from "node:assert/strict";
import { Agent, createServer } from "node:http";
import { after, test } from "node:test";

import { createMiddleware, wrap } from "edgeseal/node";
import Fastify from "fastify";

import { breakOff, FORM_TYPE, JSON_TYPE, send } from "./http.js";
import { opened, policy, SSN } from "./policy.js";

/** @type {any[]} */
const entries = [];
let routed = 0;

const seal = createMiddleware(policy, { log: (entry) => void entries.push(entry) });
const app = Fastify({
  bodyLimit: 2_000_000,
  forceCloseConnections: true,
  serverFactory: (listener) => createServer(wrap(seal, listener)),
});
/** @param {unknown} _request @param {string} body */
const readForm = async (_request, body) => Object.fromEntries(new URLSearchParams(body));
app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, readForm);
app.addHook("onRequest", async () => void (routed += 1));
app.all("/*", async ({ body, query, headers, url, raw }) => ({ body, query, headers, url, length: raw.headers["content-length"] }));
const port = Number(new URL(await app.listen({ port: 0, host: "127.0.0.1" })).port);
after(() => app.close());

test("a JSON body, and its length", async () => {
  // Fastify refuses a body that is not as long as Content-Length says.
  const { status, json } = await send(port, { headers: JSON_TYPE, body: JSON.stringify({ ssn: SSN, n: 1.5, pad: "é".repeat(300_000) }) });
  assert.equal(status, 200);
  assert.equal(opened(json.body.ssn), SSN);
  assert.equal(json.body.n, 1.5);
  assert.equal(json.length, String(Buffer.byteLength(JSON.stringify(json.body))));
});

test("a form", async () => {
  const { json } = await send(port, { headers: FORM_TYPE, body: `a=b+c&ssn=${SSN}` });
  assert.equal(opened(json.body.ssn), SSN);
  assert.equal(json.body.a, "b c");
});

test("a body in chunks", async () => {
  const { json } = await send(port, { headers: JSON_TYPE, body: ['{"ssn":', `"${SSN}"`, "}"] });
  assert.equal(opened(json.body.ssn), SSN);
  const same = await send(port, { headers: JSON_TYPE, body: ['{"a":', '"b"', "}"] });
  assert.deepEqual(same.json.body, { a: "b" });
});

test("query string and header, with and without a body", async () => {
  for (const request of [{ method: "GET" }, { headers: JSON_TYPE, body: "{}" }]) {
    const { text, json } = await send(port, { ...request, path: `/people?a=b&ssn=${SSN}`, headers: { ...request.headers, "x-ssn": SSN } });
    assert.equal(opened(json.query.ssn), SSN);
    assert.equal(json.query.a, "b");
    assert.equal(opened(json.headers["x-ssn"]), SSN);
    assert.ok(!text.includes(SSN));
  }
});

test("what is refused reaches no route", async () => {
  const before = routed;
  const { status, type, json } = await send(port, { headers: JSON_TYPE, body: `{"ssn":"${SSN}"` });
  assert.deepEqual([status, type, json.code], [400, "application/problem+json", "json_invalid"]);
  const logged = entries.length;
  await breakOff(port);
  for (let i = 0; i < 100 && entries.length === logged; i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(entries.at(-1).code, "body_truncated");
  assert.equal(routed, before);
});

test("two requests on one connection, and Expect: 100-continue", async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const body = JSON.stringify({ ssn: SSN });
  const first = await send(port, { headers: JSON_TYPE, body, agent });
  const second = await send(port, { headers: { ...JSON_TYPE, "content-length": String(body.length), expect: "100-continue" }, body, agent });
  assert.equal(second.socket, first.socket);
  assert.equal(opened(second.json.body.ssn), SSN);
  agent.destroy();
});
