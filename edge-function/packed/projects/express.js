// Express, whichever version is installed: what its parsers and routes read behind the middleware.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { Agent } from "node:http";
import { test } from "node:test";

import busboy from "busboy";
import { createMiddleware } from "edgeseal/node";
import express from "express";

import { breakOff, FORM_TYPE, JSON_TYPE, listen, send } from "./http.js";
import { opened, policy, SSN } from "./policy.js";

/** @type {any[]} */
const entries = [];
/** Requests that a route has had. @type {import("express").Request[]} */
const routed = [];

/** @param {import("express").Request} request */
const seen = ({ body, query, url, originalUrl, headers }) => ({ body, query, url, originalUrl, headers });

const app = express();
app.use(createMiddleware(policy, { log: (entry) => void entries.push(entry) }));
app.use((request, _response, next) => {
  routed.push(request);
  next();
});
app.use("/json", express.json({ limit: "2mb" }), (request, response) => void response.json(seen(request)));
app.use("/form", express.urlencoded({ extended: false }), (request, response) => void response.json(seen(request)));
app.use("/extended", express.urlencoded({ extended: true }), (request, response) => void response.json(seen(request)));
app.use("/raw", express.raw({ type: () => true, limit: "2mb" }), (request, response) => void response.send(request.body));
app.use("/text", express.text({ type: () => true }), (request, response) => void response.send(request.body));
app.use("/parts", (request, response) => {
  /** @type {Record<string, string>} */
  const fields = {};
  const parser = busboy({ headers: request.headers });
  parser.on("field", (name, value) => (fields[name] = value)).on("file", (_name, file) => file.resume());
  request.pipe(parser).on("close", () => void response.json(fields));
});
app.use("/people", (request, response) => void response.json(seen(request)));
/** @type {import("express").ErrorRequestHandler} */
const fail = (error, _request, response, _next) => void response.status(599).send(String(error));
app.use(fail);

const port = await listen(app);

test("express.json", async () => {
  const { json } = await send(port, { path: "/json", headers: JSON_TYPE, body: JSON.stringify({ ssn: SSN, deep: [{ ssn: SSN }], n: 1.5 }) });
  assert.equal(opened(json.body.ssn), SSN);
  assert.equal(opened(json.body.deep[0].ssn), SSN);
  assert.equal(json.body.n, 1.5);
  assert.equal(json.headers["content-length"], String(JSON.stringify(json.body).length));
});

test("express.urlencoded", async () => {
  const { json } = await send(port, { path: "/form", headers: FORM_TYPE, body: `a=b+c&ssn=${SSN}` });
  assert.equal(opened(json.body.ssn), SSN);
  assert.equal(json.body.a, "b c");
  const { json: extended } = await send(port, { path: "/extended", headers: FORM_TYPE, body: `person[ssn]=${SSN}&list[]=a&list[]=b&ssn[]=${SSN}` });
  assert.equal(opened(extended.body.person.ssn), SSN);
  assert.equal(opened(extended.body.ssn[0]), SSN);
  assert.deepEqual(extended.body.list, ["a", "b"]);
});

test("express.raw and express.text", async () => {
  const { text } = await send(port, { path: "/raw", headers: JSON_TYPE, body: `{"ssn": "${SSN}"}` });
  assert.match(text, /^\{"ssn": "__es1\.[^"]*"\}$/);
  const same = await send(port, { path: "/text", headers: JSON_TYPE, body: '{"n": 1.50}' });
  assert.equal(same.text, '{"n": 1.50}');
  const bytes = randomBytes(200_000);
  const passed = await send(port, { path: "/raw", headers: { "content-type": "application/octet-stream" }, body: bytes });
  assert.deepEqual(passed.bytes, bytes);
});

test("multipart/form-data", async () => {
  const data = new FormData();
  data.append("ssn", SSN);
  data.append("note", "é");
  data.append("photo", new Blob([randomBytes(100_000)], { type: "image/png" }), "photo.png");
  const given = new Response(data);
  const headers = { "content-type": given.headers.get("content-type") ?? "" };
  const { json } = await send(port, { path: "/parts", headers, body: Buffer.from(await given.arrayBuffer()) });
  assert.equal(opened(json.ssn), SSN);
  assert.equal(json.note, "é");
});

test("query string and header, with and without a body", async () => {
  for (const request of [{ method: "GET" }, { method: "DELETE" }, { headers: JSON_TYPE, body: `{"ssn":"${SSN}"}` }]) {
    const { status, text, json } = await send(port, { ...request, path: `/people/1?a=b&ssn=${SSN}`, headers: { ...request.headers, "x-ssn": SSN } });
    assert.equal(status, 200);
    assert.equal(opened(json.query.ssn), SSN);
    assert.equal(json.query.a, "b");
    assert.equal(opened(json.headers["x-ssn"]), SSN);
    assert.ok(!text.includes(SSN));
    assert.equal(`/people${json.url}`, json.originalUrl);
  }
});

test("requests without a body", async () => {
  for (const method of ["GET", "HEAD", "OPTIONS", "POST", "DELETE"]) {
    const { status, json } = await send(port, { method, path: "/json" });
    assert.equal(status, 200);
    if (method !== "HEAD") assert.deepEqual(json.body ?? {}, {});
  }
});

test("what is refused says why, and reaches no route", async () => {
  /** @type {[code: string, request: import("./http.js").Sent][]} */
  const rows = [
    ["json_invalid", { headers: JSON_TYPE, body: `{"ssn":"${SSN}"` }],
    ["content_type_unsupported", { headers: { "content-type": "text/plain" }, body: SSN }],
    ["content_type_unsupported", { body: SSN }],
    ["content_encoding_unsupported", { headers: { ...JSON_TYPE, "content-encoding": "gzip" }, body: "x" }],
    ["form_invalid", { headers: FORM_TYPE, body: `ssn=${SSN};a=b` }],
    ["query_invalid", { method: "GET", path: `/json?ssn=${SSN}&a=%` }],
    ["body_too_large", { headers: JSON_TYPE, body: `"${"x".repeat(1_048_576)}"` }],
    ["body_unexpected", { method: "GET", headers: { ...JSON_TYPE, "content-length": "2" }, body: "{}" }],
  ];
  const before = routed.length;
  for (const [code, request] of rows) {
    const { status, type, json, text } = await send(port, { path: "/json", ...request });
    assert.equal(type, "application/problem+json");
    assert.deepEqual([json.code, json.status], [code, status]);
    assert.ok(!text.includes(SSN));
    assert.equal(entries.at(-1).code, code);
  }
  assert.equal(routed.length, before);
});

test("a large body, in one piece and in chunks", async () => {
  const body = JSON.stringify({ pad: "é".repeat(500_000), ssn: SSN });
  for (const way of [body, [body.slice(0, 1), body.slice(1, 400_000), body.slice(400_000)]]) {
    const { status, json } = await send(port, { path: "/json", headers: JSON_TYPE, body: way });
    assert.equal(status, 200);
    assert.equal(opened(json.body.ssn), SSN);
    assert.equal(json.body.pad.length, 500_000);
    assert.equal(json.headers["transfer-encoding"], undefined);
  }
});

test("a body in chunks that stays", async () => {
  const { json } = await send(port, { path: "/json", headers: JSON_TYPE, body: ['{"a":', '"b"', "}"] });
  assert.deepEqual(json.body, { a: "b" });
});

test("two requests on one connection, whatever becomes of the first", async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const body = JSON.stringify({ ssn: SSN });
  for (const first of [body, "{", ""]) {
    const { socket } = await send(port, { path: "/json", headers: JSON_TYPE, body: first, agent });
    const second = await send(port, { path: "/json", headers: JSON_TYPE, body, agent });
    assert.equal(second.socket, socket);
    assert.equal(opened(second.json.body.ssn), SSN);
  }
  agent.destroy();
});

test("a client that goes away in the middle of a body", async () => {
  const [before, logged] = [routed.length, entries.length];
  await breakOff(port, "/json");
  for (let i = 0; i < 100 && entries.length === logged; i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(entries.at(-1).code, "body_truncated");
  assert.equal(routed.length, before);
  const { json } = await send(port, { path: "/json", headers: JSON_TYPE, body: JSON.stringify({ ssn: SSN }) });
  assert.equal(opened(json.body.ssn), SSN);
});

test("Expect: 100-continue", async () => {
  const body = JSON.stringify({ ssn: SSN });
  const headers = { ...JSON_TYPE, expect: "100-continue", "content-length": String(body.length) };
  const { json } = await send(port, { path: "/json", headers, body });
  assert.equal(opened(json.body.ssn), SSN);
});

test("many at once", async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, (_, i) =>
    send(port, { path: `/json?i=${i}`, headers: JSON_TYPE, body: JSON.stringify({ i, ssn: `${i}` }) })));
  answers.forEach(({ json }, i) => assert.deepEqual([json.body.i, json.query.i, opened(json.body.ssn)], [i, `${i}`, `${i}`]));
});

test("in a router", async () => {
  const inner = express();
  const router = express.Router();
  router.use(createMiddleware(policy, { log: () => {} }));
  router.post("/people", express.json(), (request, response) => void response.json(seen(request)));
  inner.use("/api", router);
  const port = await listen(inner);
  const { json } = await send(port, { path: `/api/people?ssn=${SSN}`, headers: JSON_TYPE, body: JSON.stringify({ ssn: SSN }) });
  assert.equal(opened(json.body.ssn), SSN);
  assert.equal(opened(json.query.ssn), SSN);
  assert.match(json.originalUrl, /^\/api\/people\?ssn=__es1/);
});

test("behind a parser nothing is sealed, so nothing goes through", async () => {
  const wrong = express();
  wrong.use(express.json(), createMiddleware(policy, { log: () => {} }));
  wrong.use((_request, response) => void response.send("reached"));
  const { status, json } = await send(await listen(wrong), { headers: JSON_TYPE, body: JSON.stringify({ ssn: SSN }) });
  assert.deepEqual([status, json.code], [500, "internal"]);
});

test("the log has a line for each request, and no value", () => {
  assert.ok(entries.length > 80);
  assert.ok(!JSON.stringify(entries).includes(SSN));
});
