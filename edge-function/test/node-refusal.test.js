// Servers around node:http: what the middleware refuses.

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connect2, createServer as createServer2 } from "node:http2";
import { connect } from "node:net";
import { buffer, text } from "node:stream/consumers";
import { test } from "node:test";

import { createMiddleware, wrap } from "../src/node.js";
import { JSON_TYPE, opened, PERSON, POLICY, sent } from "../support/node.js";
import { serve } from "../support/server.js";

/** @type {[name: string, request: Parameters<typeof sent>[0], status: number, code: string][]} */
const REFUSED = [
  ["not JSON", { body: "{" }, 400, "json_invalid"],
  ["no content type", { headers: [], body: PERSON }, 415, "content_type_unsupported"],
  ["two content types", { headers: [...JSON_TYPE, "content-type", "text/plain"], body: PERSON }, 415, "content_type_unsupported"],
  ["a coding", { headers: [...JSON_TYPE, "Content-Encoding", "br"], body: PERSON }, 415, "content_encoding_unsupported"],
  ["GET with a body", {
    method: "GET",
    headers: [...JSON_TYPE, "Content-Length", String(PERSON.length)],
    body: PERSON,
  }, 400, "body_unexpected"],
  ["a query string that parsers read differently", { method: "GET", path: "/?a=%zz" }, 400, "query_invalid"],
  ["a foreign token in a header", { method: "GET", headers: ["X-SSN", "__es1.k.s.A.__"] }, 400, "foreign_token"],
  ["too long", { body: PERSON.padEnd(1_048_577) }, 413, "body_too_large"],
];

for (const [name, request, status, code] of REFUSED) {
  test(`${name} is refused`, async () => {
    const { seen, entry, ...answer } = await sent(request);
    assert.equal(seen, undefined);
    assert.equal(entry.code, code);
    assert.equal(answer.status, status);
    assert.equal(answer.headers["content-type"], "application/problem+json");
    assert.equal(answer.headers["cache-control"], "no-store");
    assert.deepEqual({ ...JSON.parse(answer.text), title: "" }, { type: "about:blank", title: "", status, code });
  });
}

test("a method that is none of the seven is looked at", async () => {
  const { seen } = await sent({ method: "PROPPATCH", body: PERSON });
  assert.equal(await opened(seen.content), PERSON);
});

test("the limit is in bytes, and an option", async () => {
  assert.equal((await sent({ body: PERSON }, { options: { maxInputBytes: PERSON.length } })).status, 200);
  assert.equal((await sent({ body: PERSON }, { options: { maxInputBytes: PERSON.length - 1 } })).status, 413);
  assert.throws(() => createMiddleware(POLICY, { maxInputBytes: -1 }), RangeError);
});

test("a connection on which a body was not read to its end is closed, another is not", async () => {
  const server = await serve(wrap(createMiddleware(POLICY, { log: () => {}, maxInputBytes: 10 }), () => assert.fail()));
  const socket = connect(server.port, "127.0.0.1");
  socket.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}");
  const [first] = await once(socket, "data");
  assert.match(String(first), /^HTTP\/1\.1 415 Unsupported Media Type\r\n[^]*Connection: keep-alive/);
  socket.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{          ");
  const rest = await text(socket);
  assert.match(rest, /^HTTP\/1\.1 413 Content Too Large\r\n[^]*Connection: close/);
  assert.match(rest, /"code":"body_too_large"}$/);
  server.close();
});

test("a client that breaks off is refused", async () => {
  /** @type {any[]} */
  const entries = [];
  const server = await serve(wrap(createMiddleware(POLICY, { log: (entry) => void entries.push(entry) }), () => assert.fail()));
  const socket = connect(server.port, "127.0.0.1");
  socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n${PERSON}`);
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.destroy();
  while (entries.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual([entries[0].outcome, entries[0].code], ["refused", "body_truncated"]);
  server.close();
});

test("a body that somebody has read before, or reads as text, is refused", async () => {
  const readers = [
    (/** @type {any} */ incoming) => buffer(incoming),
    (/** @type {any} */ incoming) => void incoming.setEncoding("latin1"),
    (/** @type {any} */ incoming) => once(incoming, "data"),
  ];
  for (const before of readers) {
    const { status, entry, seen } = await sent({ body: PERSON }, { before });
    assert.deepEqual([status, entry.code, seen], [500, "internal", undefined]);
  }
});

test("whoever has answered before has answered", async () => {
  const before = (/** @type {any} */ _incoming, /** @type {any} */ outgoing) => outgoing.writeHead(504).end("too late");
  const { status, text, entry } = await sent({ body: "{" }, { before });
  assert.deepEqual([status, text, entry.outcome], [504, "too late", "refused"]);
});

test("HTTP/2 is refused, not left waiting", async () => {
  const server = createServer2(/** @type {any} */ (wrap(createMiddleware(POLICY, { log: () => {} }), () => assert.fail())));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const client = connect2(`http://127.0.0.1:${/** @type {any} */ (server.address()).port}`);
  const stream = client.request({ ":method": "POST", "content-type": "application/json" });
  stream.end(PERSON);
  const [headers] = await once(stream, "response");
  assert.equal(headers[":status"], 500);
  client.destroy();
  server.close();
});
