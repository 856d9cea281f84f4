// The local CDN and requests: what CloudFront takes of a viewer, what a function sees of it, and where the function runs.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { test } from "node:test";

import { listen } from "../demo/origin.js";
import { HIDDEN } from "../support/hidden.js";
import { origin, send, start, url } from "../support/local.js";

const METHODS = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];
const MIB = 1_048_576;

/**
 * Sends bytes; gives the answer as it came.
 * @param {string} bytes
 */
async function sendRaw(bytes) {
  const socket = connect(Number(url.port), url.hostname);
  socket.write(bytes, "latin1");
  return text(socket);
}

/** @param {string} bytes */
async function statusOf(bytes) {
  return (await sendRaw(bytes)).slice("HTTP/1.1 ".length, "HTTP/1.1 201".length);
}

/** What the function sees, as its response. */
const SHOW = "return { status: 200, body: JSON.stringify({ request, config }) }";

for (const method of METHODS) {
  test(`${method} goes through`, async () => {
    const { status, kept, headers } = await send("return request", { method });
    assert.equal(status, 201);
    assert.equal(headers["x-cache"], "Miss from edgeseal-local");
    assert.deepEqual(kept.map(({ method, url }) => [method, url]), [[method, "/people?a=b"]]);
  });
}

for (const method of ["TRACE", "PROPFIND", "PURGE"]) {
  test(`${method} is refused`, async () => {
    const { status, headers, kept } = await send("return request", { method });
    assert.equal(status, 403);
    assert.equal(headers["x-cache"], "Error from edgeseal-local");
    assert.deepEqual(kept, []);
  });
}

test("GET with a body is refused, and what else has one goes through", async () => {
  for (const method of METHODS) {
    const { status, kept } = await send("return request", { method, body: "x" });
    assert.equal(status, method === "GET" ? 403 : 201);
    assert.deepEqual(kept.map(({ body }) => body.toString()), method === "GET" ? [] : ["x"]);
  }
});

test("what a function sees of a request", async () => {
  const { said } = await send(SHOW, {
    path: "/a%2fb//../c?d=e?f&d",
    headers: { "X-Forwarded-For": "192.0.2.1", "X-Two": ["1", "2"], Via: "1.0 elsewhere", TE: "trailers", "X-Real-IP": "192.0.2.1" },
    body: "body",
  });
  const { request, config } = JSON.parse(said);
  assert.deepEqual(Object.keys(config).sort(), ["distributionDomainName", "distributionId", "eventType", "requestId"]);
  assert.equal(config.eventType, "origin-request");
  assert.match(config.requestId, /^[\w-]{54}==$/);
  const { "x-do": _code, ...headers } = request.headers;
  assert.deepEqual({ ...request, headers }, {
    body: { action: "read-only", data: "Ym9keQ==", encoding: "base64", inputTruncated: false },
    clientIp: "127.0.0.1",
    headers: {
      "content-length": [{ key: "content-length", value: "4" }],
      host: [{ key: "Host", value: origin.host }],
      via: [{ key: "Via", value: "1.0 elsewhere" }, { key: "Via", value: "1.1 edgeseal-local" }],
      "x-forwarded-for": [{ key: "X-Forwarded-For", value: "192.0.2.1, 127.0.0.1" }],
      "x-two": [{ key: "X-Two", value: "1" }, { key: "X-Two", value: "2" }],
    },
    method: "POST",
    origin: {
      custom: {
        customHeaders: {},
        domainName: "127.0.0.1",
        keepaliveTimeout: 5,
        path: "",
        port: Number(origin.port),
        protocol: "http",
        readTimeout: 30,
        sslProtocols: ["TLSv1.2"],
      },
    },
    querystring: "d=e?f&d",
    uri: "/a%2fb//../c",
  });
});

test("headers that a function does not see", async () => {
  for (const name of [...HIDDEN, "TE", "X-HTTP-Method-Override"]) {
    // Node.js itself answers another expectation.
    const value = name === "Expect" ? "100-continue" : name === "Connection" ? "close" : "x";
    const said = await sendRaw(`POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\nx-do: ${SHOW}\r\n${name}: ${value}\r\n\r\n`);
    assert.match(said, /"x-do"/);
    assert.ok(!said.includes(JSON.stringify(name.toLowerCase())), name);
  }
});

test("a function sees one MiB of a body, and the origin gets all of it", async () => {
  const seen = "const { data, ...body } = request.body; return { status: 200, body: JSON.stringify([data.length, body]) }";
  for (const [length, characters, inputTruncated] of /** @type {const} */ ([[MIB, 1_398_104, false], [MIB + 3, 1_398_104, true]])) {
    const body = Buffer.alloc(length, "x");
    const { said } = await send(seen, { body });
    assert.deepEqual(JSON.parse(said), [characters, { action: "read-only", encoding: "base64", inputTruncated }]);
    assert.ok((await send("return request", { body })).kept[0]?.body.equals(body));
  }
});

test("without Include Body a function sees none, and the origin gets it", async () => {
  const to = await start({ includeBody: false });
  assert.ok(!("body" in JSON.parse((await send(SHOW, { to, body: "body" })).said).request));
  assert.equal((await send("return request", { to, body: "body" })).kept[0]?.body.toString(), "body");
});

test("a URL has 8,192 bytes, and a request without its body 20,480", async () => {
  const head = (/** @type {number} */ url, /** @type {number} */ all) => {
    const start = `GET /${"u".repeat(url - "https://h/".length)} HTTP/1.1\r\nhost: h\r\nconnection: close\r\nx-fill: `;
    return `${start}${"f".repeat(all - start.length - 4)}\r\n\r\n`;
  };
  assert.equal(head(100, 20_480).length, 20_480);
  assert.equal(await statusOf(head(8_192, 10_000)), "201");
  assert.equal(await statusOf(head(8_193, 10_000)), "413");
  assert.equal(await statusOf(head(100, 20_480)), "201");
  assert.equal(await statusOf(head(100, 20_481)), "413");
});

test("a path that is not one", async () => {
  for (const target of ["*", "http://elsewhere/"]) {
    const said = await sendRaw(`OPTIONS ${target} HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n`);
    assert.match(said, /^HTTP\/1\.1 400 [^]*expected a path\n$/);
  }
});

test("an execution environment serves one request after the other, and ends when it breaks", async () => {
  const to = await start({ timeout: 500 });
  const count = async () => Number((await send("return { status: 200, body: String(requests) }", { to })).said);
  assert.deepEqual([await count(), await count()], [1, 2]);
  /** @type {[code: string, reason: RegExp, next: number][]} */
  const rows = [
    ['throw new Error("no")', /^the function failed: Error: no\n$/, 4],
    ["process.exit()", /^the function failed: its environment stopped\n$/, 1],
    ['setTimeout(() => { throw new Error("late") }); await new Promise(() => {})', /^the function failed: .* broke: Error: late\n$/, 1],
    ["for (;;);", /^the function failed: it took more than 500 ms\n$/, 1],
    ["await new Promise(() => setInterval(() => {}, 1000))", /^the function failed: it took more than 500 ms\n$/, 1],
  ];
  for (const [code, reason, next] of rows) {
    const { status, said, kept } = await send(code, { to });
    assert.equal(status, 502);
    assert.match(said, reason);
    assert.deepEqual(kept, []);
    assert.equal(await count(), next);
  }
  await send('setTimeout(() => process.exit()); return { status: 200 }', { to });
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(await count(), 1, "one that broke between two requests");
});

test("a cold start for every request", async () => {
  const to = await start({ cold: true });
  const code = 'globalThis.seen = (globalThis.seen ?? 0) + 1; return { status: 200, body: `${requests} ${globalThis.seen}` }';
  for (let i = 0; i < 3; i += 1) assert.equal((await send(code, { to })).said, "1 1");
});

test("an execution environment has no environment variables, and nothing of this process", async () => {
  Object.assign(globalThis, { mark: true });
  const { said } = await send("return { status: 200, body: JSON.stringify([process.env, typeof globalThis.mark]) }");
  assert.deepEqual(JSON.parse(said), [{}, "undefined"]);
});

test("requests at a time have environments of their own, and more than there are wait", async () => {
  const to = await start();
  const code = "await new Promise((r) => setTimeout(r, 100)); return { status: 200, body: String(requests) }";
  const counts = await Promise.all(Array.from({ length: 20 }, async () => Number((await send(code, { to })).said)));
  assert.equal(counts.filter((count) => count === 1).length, 8);
  assert.ok(Math.max(...counts) >= 2);
});

test("an origin that cannot be reached, and one that does not answer", async () => {
  const silent = createServer(() => {});
  const port = await listen(silent);
  const to = await start({ origin: new URL(`http://127.0.0.1:${port}`), originTimeout: 100 });
  assert.equal((await send("return request", { to })).status, 504);
  silent.closeAllConnections();
  silent.close();
  await once(silent, "close");
  assert.equal((await send("return request", { to })).status, 502);
});

test("the viewer gets what the origin answers", async () => {
  const gzip = Buffer.of(1, 2, 3);
  const answering = createServer((_incoming, outgoing) => {
    const headers = ["Set-Cookie", "a", "Set-Cookie", "b", "Content-Encoding", "gzip", "Content-Length", "3"];
    outgoing.writeHead(404, "Gone fishing", headers).end(gzip);
  });
  const to = await start({ origin: new URL(`http://127.0.0.1:${await listen(answering)}`) });
  const response = await fetch(to, { method: "HEAD", headers: { connection: "close" } });
  assert.deepEqual([response.status, response.statusText], [404, "Gone fishing"]);
  assert.deepEqual(response.headers.getSetCookie(), ["a", "b"]);
  assert.equal(response.headers.get("content-length"), "3");
  answering.close();
});

test("a handler that does not load, or is none, is said before anything listens", async () => {
  const broken = new URL('data:text/javascript,throw new Error("broken")');
  await assert.rejects(start({ handler: broken }), { message: /its environment broke: Error: broken/ });
  await assert.rejects(start({ handler: new URL("data:text/javascript,export default 1") }), { message: /exports no function `handler`/ });
});
