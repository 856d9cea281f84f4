// Servers around node:http: what comes after the middleware reads tokens.

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { test } from "node:test";

import { createMiddleware, wrap } from "../src/node.js";
import { JSON_TYPE, opened, PERSON, POLICY, sent, SSN } from "../support/node.js";
import { policyOf } from "../support/policy.js";
import { serve } from "../support/server.js";

const HEAD = `Host: a\r\nContent-Type: application/json\r\nContent-Length: ${PERSON.length}\r\n`;

test("body, URL and headers are replaced, in every place where one looks for them", async () => {
  const headers = [...JSON_TYPE, "X-Ssn", "1", "Content-Length", String(PERSON.length), "x-SSN", "2", "Digest", "SHA-256=x", "X-A", "b"];
  const { status, seen, entry } = await sent({ method: "PUT", path: `/people?a=%20&ssn=${SSN}`, headers, body: PERSON });
  assert.equal(status, 200);
  const { incoming, content } = seen;
  assert.equal(await opened(content), PERSON);
  assert.ok(!content.includes(SSN));
  assert.match(incoming.url, /^\/people\?a=%20&ssn=__es1\.pii-1\.s\..{342}\.__$/);
  assert.equal(await opened(incoming.url), `/people?a=%20&ssn=${SSN}`);
  const length = String(content.length);
  assert.equal(incoming.method, "PUT");
  assert.equal(await opened(incoming.headers["x-ssn"]), "1, 2");
  assert.equal(await opened(incoming.headersDistinct["x-ssn"].join()), "1,2");
  assert.equal(await opened(incoming.rawHeaders.join("\n")), [
    "Host", "a", ...JSON_TYPE, "X-Ssn", "1", "x-SSN", "2", "X-A", "b", "Connection", "close", "Content-Length", length,
  ].join("\n"));
  assert.deepEqual({ ...incoming.headers, "x-ssn": "" }, {
    "host": "a", "content-type": "application/json", "x-ssn": "", "x-a": "b", "connection": "close", "content-length": length,
  });
  assert.deepEqual(incoming.headersDistinct["content-length"], [length]);
  assert.deepEqual([entry.outcome, entry.values, entry.request_id], ["encrypted", 4, undefined]);
});

test("a body in chunks gets a length", async () => {
  const { seen } = await sent({ headers: [...JSON_TYPE, "Transfer-Encoding", "chunked"], body: PERSON });
  const { incoming, content } = seen;
  assert.equal(incoming.headers["transfer-encoding"], undefined);
  assert.equal(incoming.headers["content-length"], String(content.length));
  assert.ok(!incoming.rawHeaders.includes("Transfer-Encoding"));
});

test("a body that stays comes as it was", async () => {
  for (const framing of [["Transfer-Encoding", "chunked"], ["Content-Length", "10"]]) {
    const { seen, entry } = await sent({ headers: [...JSON_TYPE, ...framing], body: '{"n":1.50}' });
    assert.equal(entry.outcome, "unchanged");
    assert.equal(seen.content.toString(), '{"n":1.50}');
    assert.deepEqual(seen.incoming.rawHeaders, ["Host", "a", ...JSON_TYPE, ...framing, "Connection", "close"]);
  }
});

test("requests without a body", async () => {
  for (const method of ["GET", "OPTIONS", "POST", "DELETE"]) {
    const { status, seen } = await sent({ method, path: "/x?a" });
    assert.deepEqual([status, seen.incoming.url, seen.content.length], [200, "/x?a", 0]);
  }
});

/** Ways to read a body, each of which gives its text. @type {[name: string, read: (incoming: any) => Promise<string>][]} */
const READERS = [
  ["data and end", async (incoming) => {
    /** @type {Buffer[]} */
    const chunks = [];
    incoming.on("data", (/** @type {Buffer} */ chunk) => chunks.push(chunk));
    await once(incoming, "end");
    return Buffer.concat(chunks).toString();
  }],
  ["an encoding", async (incoming) => {
    let read = "";
    incoming.setEncoding("utf8").on("data", (/** @type {any} */ chunk) => (read += chunk));
    await once(incoming, "end");
    return read;
  }],
  ["readable", async (incoming) => {
    let read = "";
    incoming.on("readable", () => {
      for (let chunk; (chunk = incoming.read()) !== null; ) read += chunk;
    });
    await once(incoming, "end");
    return read;
  }],
  ["iteration", async (incoming) => (await incoming.toArray()).join("")],
  ["a pipe", async (incoming) => {
    const through = new PassThrough();
    const [read] = await Promise.all([text(through), pipeline(incoming, through)]);
    return read;
  }],
  ["later", async (incoming) => {
    await new Promise((resolve) => setTimeout(resolve, 30));
    return text(incoming);
  }],
];

for (const [name, read] of READERS) {
  test(`the body can be read by ${name}`, async () => {
    const listener = async (/** @type {any} */ incoming, /** @type {any} */ outgoing) => {
      assert.equal(incoming.readableEnded, false);
      assert.equal(incoming.complete, true);
      outgoing.end(await read(incoming));
    };
    assert.equal(await opened((await sent({ body: PERSON }, { listener })).text), PERSON);
  });
}

test("many requests on one connection, whether somebody reads them or not", async () => {
  const listener = async (/** @type {any} */ incoming, /** @type {any} */ outgoing) =>
    outgoing.end(incoming.url === "/read" ? await text(incoming) : "not read");
  const server = await serve(wrap(createMiddleware(POLICY, { log: () => {} }), listener));
  const socket = connect(server.port, "127.0.0.1");
  socket.setEncoding("utf8");
  try {
    for (let i = 0; i < 20; i += 1) {
      const path = i % 2 === 0 ? "/read" : "/";
      socket.write(`POST ${path} HTTP/1.1\r\n${HEAD}\r\n${PERSON}`);
      const [answer] = await once(socket, "data");
      assert.match(answer, i % 2 === 0 ? /\r\n\r\n\{"ssn":"__es1/ : /\r\n\r\nnot read$/);
    }
  } finally {
    socket.destroy();
    server.close();
  }
});

test("pipelined requests come in order", async () => {
  const server = await serve(wrap(createMiddleware(POLICY, { log: () => {} }), (incoming, outgoing) => outgoing.end(incoming.url)));
  const socket = connect(server.port, "127.0.0.1");
  try {
    const [first, second] = ["/1", "/2"].map((path) => `POST ${path} HTTP/1.1\r\n${HEAD}\r\n${PERSON}`);
    socket.write(`${first}${second}POST /3 HTTP/1.1\r\n${HEAD}Connection: close\r\n\r\n${PERSON}`);
    assert.deepEqual((await text(socket)).match(/\r\n\r\n\/\d/g), ["\r\n\r\n/1", "\r\n\r\n/2", "\r\n\r\n/3"]);
  } finally {
    server.close();
  }
});

test("the count goes with the request, and nobody can forge it", async () => {
  const options = { countHeader: "X-Count" };
  const { seen } = await sent({ headers: [...JSON_TYPE, "x-count", "9", "X_COUNT", "8"], body: PERSON }, { options });
  assert.equal(seen.incoming.headers["x-count"], "1");
  assert.equal(seen.incoming.headers["x_count"], undefined);
  assert.deepEqual(seen.incoming.headersDistinct["x-count"], ["1"]);
});

test("a path counts for limits as the client sent it, where it can be told", async () => {
  const policy = policyOf([{ query: "ssn", paths: ["/api/people"] }]);
  const mounted = (/** @type {string} */ baseUrl) => (/** @type {any} */ incoming) =>
    Object.assign(incoming, { originalUrl: incoming.url, baseUrl, url: "/people?ssn=1" });
  /** What a router does to the message. @type {[path: string, mount: (incoming: any) => void, values: number][]} */
  const rows = [
    ["/api/people?ssn=1", () => {}, 1],
    ["/people?ssn=1", () => {}, 0],
    ["http://a/people?ssn=1", () => {}, 1],
    ["/api/people?ssn=1", mounted("/api"), 1],
    ["/other/people?ssn=1", mounted("/other"), 0],
    ["/rewritten?ssn=1", mounted(""), 1],
  ];
  for (const [path, before, values] of rows) {
    const { seen, entry } = await sent({ method: "GET", path }, { policy, before });
    assert.equal(entry.values, values, path);
    const { url = "", originalUrl = "" } = seen.incoming;
    if (values > 0) assert.ok(!`${url}${originalUrl}`.includes("ssn=1"));
  }
});

test("a query that a framework has parsed is parsed anew", async () => {
  const get = (/** @type {string} */ name) => name === "query parser fn" && ((/** @type {string} */ query) => ({ parsed: query }));
  const asExpress4 = (/** @type {any} */ incoming) =>
    Object.assign(incoming, { query: { ssn: SSN }, originalUrl: incoming.url, app: { get } });
  const asConnect = (/** @type {any} */ incoming) => Object.assign(incoming, { query: { ssn: SSN } });
  const request = { method: "GET", path: `/?a=b&ssn=${SSN}` };
  const express = (await sent(request, { before: asExpress4 })).seen.incoming;
  assert.deepEqual(express.query, { parsed: express.url.slice(2) });
  assert.equal(express.originalUrl, express.url);
  const { url, query } = (await sent(request, { before: asConnect })).seen.incoming;
  assert.deepEqual(query, Object.fromEntries(new URLSearchParams(url.slice(2))));
  assert.equal((await sent(request)).seen.incoming.query, undefined);
});

test("an error of the application is the application's", async () => {
  const middleware = createMiddleware(POLICY, { log: () => {} });
  const incoming = /** @type {any} */ (Object.assign(new PassThrough(), {
    method: "GET", url: "/", rawHeaders: [], headers: {}, headersDistinct: {}, httpVersionMajor: 1, complete: true,
  }));
  incoming.end();
  await assert.rejects(middleware(incoming, /** @type {any} */ ({}), () => { throw new RangeError("theirs"); }), RangeError);
});

test("trailers, which nobody has looked at, do not reach the listener", async () => {
  /** @type {import("node:http").IncomingMessage | undefined} */
  let seen;
  const middleware = createMiddleware(POLICY, { log: () => {} });
  const server = await serve((incoming, outgoing) =>
    middleware(incoming, outgoing, async () => {
      await text(incoming);
      seen = incoming;
      outgoing.end();
    }),
  );
  try {
    const head = "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    const socket = connect(server.port, "127.0.0.1");
    socket.end(`${head}2\r\n{}\r\n0\r\nX-Ssn: ${SSN}\r\n\r\n`);
    await text(socket);
    assert.ok(seen);
    const { trailers, trailersDistinct, rawTrailers } = seen;
    assert.deepEqual([trailers, trailersDistinct, rawTrailers], [{}, {}, []]);
  } finally {
    server.close();
  }
});
