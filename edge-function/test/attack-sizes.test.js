// Attacks by how much is sent: bodies that are cut, packed, or too long before or after encryption.

import assert from "node:assert/strict";
import { test } from "node:test";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";

import { createRequestSealer } from "../src/fetch.js";
import { loadModule } from "../src/module.js";
import { createMiddleware, wrap } from "../src/node.js";
import { attacker } from "../support/attack.js";
import { body } from "../support/event.js";
import { memory, withInstance } from "../support/instance.js";
import { leakOf } from "../support/leak.js";
import { policyOf } from "../support/policy.js";
import { serve } from "../support/server.js";

const SECRET = "078-05-1120";
const POLICY = policyOf([{ path: "$..ssn" }]);
const send = attacker(POLICY);
const MEBIBYTE = 1_048_576;

test("a body that CloudFront cut is refused, also where what is left of it is JSON", async () => {
  const whole = `{"ssn":"${SECRET}","n":1}`;
  for (const content of [whole, whole.slice(0, -1), "{}", "1", "", `${whole}\n${whole.slice(0, 5)}`]) {
    for (const type of ["application/json", "application/x-ndjson", "text/plain"]) {
      const { said, got, result } = await send("", { type, body: { ...body(content), inputTruncated: true } });
      assert.deepEqual([said, got.length], ["body_truncated 413", 0]);
      assert.equal(leakOf(Buffer.from(JSON.stringify(result)), SECRET), undefined);
    }
  }
});

test("what is packed is refused and not unpacked, however much it holds", async () => {
  const bomb = Buffer.alloc(64 * MEBIBYTE, `{"ssn":"${SECRET}"} `);
  const gzip = gzipSync(bomb);
  assert.ok(gzip.length < MEBIBYTE / 4);
  const before = memory().buffer.byteLength;
  for (const [coding, content] of /** @type {[string, Buffer][]} */ ([
    ["gzip", gzip], ["gzip", Buffer.concat([gzipSync("{}"), gzip])], ["gzip, gzip", gzipSync(gzip)], ["deflate", deflateSync(bomb)],
    ["br", brotliCompressSync(bomb.subarray(0, MEBIBYTE))], ["identity, gzip", gzip],
  ])) {
    const { said, got } = await send(content, { fields: [["Content-Encoding", coding]] });
    assert.deepEqual([said, got.length], ["content_encoding_unsupported 415", 0], coding);
  }
  assert.equal(memory().buffer.byteLength, before);
  // Nor if nothing says that it is packed: then it is what came, and no text.
  assert.equal((await send(gzip)).said, "body_not_utf8 400");
  assert.ok(memory().buffer.byteLength <= before + 2 * gzip.length);
});

test("the body after encryption may be as long as the platform takes, and not a byte longer", async () => {
  const around = (await send('{"ssn":"","n":""}')).got.length;
  const most = 997_500;
  for (const [length, said] of /** @type {[number, string][]} */ ([[most - 1, "encrypted"], [most, "encrypted"], [most + 1, "output_too_large 413"]])) {
    const { got, ...answer } = await send(`{"ssn":"","n":"${"x".repeat(length - around)}"}`);
    assert.deepEqual([answer.said, got.length], [said, said === "encrypted" ? length : 0]);
  }
  // And one in which nothing changes.
  for (const [length, said] of /** @type {[number, string][]} */ ([[most - 1, "unchanged"], [most, "unchanged"], [most + 1, "output_too_large 413"]])) {
    assert.equal((await send(`{"n":"${"x".repeat(length - 8)}"}`)).said, said);
  }
  assert.throws(() => attacker(POLICY, { maxOutputBytes: most + 1 }), RangeError);
});

test("the values of a request may be as many as the policy says, and not one more, wherever they stand", async () => {
  const limited = attacker(policyOf([{ path: "$..ssn" }, { query: "ssn" }, { header: "x-ssn" }], { limits: { max_fields: 5 } }));
  const values = (/** @type {number} */ count) => `[${Array(count).fill('{"ssn":1}').join(",")}]`;
  for (const [count, said] of /** @type {[number, string][]} */ ([[4, "encrypted"], [5, "encrypted"], [6, "too_many_values 413"]])) {
    assert.equal((await limited(values(count))).said, said);
    assert.equal((await limited(values(count).slice(1, -1).replaceAll(",", "\n"), { type: "application/x-ndjson" })).said, said);
    assert.equal((await limited(values(count - 2), { querystring: "ssn=1", fields: [["X-SSN", "1"]] })).said, said);
    assert.equal((await limited("", { method: "GET", querystring: Array(count).fill("ssn=1").join("&"), body: undefined })).said, said);
  }
  for (const [count, said] of /** @type {[number, string][]} */ ([[999, "encrypted"], [1_000, "encrypted"], [1_001, "too_many_values 413"]])) {
    // With envelopes 1,000 values fit into what CloudFront takes.
    const usual = attacker(policyOf([{ path: "$..ssn", mode: "envelope" }]));
    assert.equal((await usual(values(count))).said, said);
  }
});

test("a body may be as long as a door takes, and not a byte longer, and is not held beyond", async (test) => {
  for (const [length, status] of /** @type {[number, number][]} */ ([[MEBIBYTE - 1, 200], [MEBIBYTE, 200], [MEBIBYTE + 1, 413]])) {
    const content = `{"n":1}${" ".repeat(length - 7)}`;
    const request = { method: "POST", headers: { "content-type": "application/json" }, body: content };
    const seal = createRequestSealer(POLICY, { module: loadModule(), log: () => {} });
    const sealed = await seal(new Request("https://origin.example/", request));
    assert.equal(sealed instanceof Response ? sealed.status : 200, status);

    const server = await serve(wrap(createMiddleware(POLICY, { log: () => {} }), (_incoming, outgoing) => void outgoing.end()));
    test.after(() => server.close());
    assert.equal((await fetch(`http://127.0.0.1:${server.port}/`, request)).status, status);
  }
  // A stream that goes on is left.
  let given = 0;
  const endless = new ReadableStream({
    pull(controller) {
      given += 65_536;
      if (given > 16 * MEBIBYTE) controller.close();
      else controller.enqueue(new Uint8Array(65_536).fill(32));
    },
  });
  const seal = createRequestSealer(POLICY, { module: loadModule(), log: () => {}, maxInputBytes: MEBIBYTE });
  const init = /** @type {RequestInit} */ ({ method: "POST", body: endless, duplex: "half", headers: { "content-type": "application/json" } });
  const refused = /** @type {Response} */ (await seal(new Request("https://origin.example/", init)));
  assert.equal(refused.status, 413);
  assert.ok(given <= MEBIBYTE + 4 * 65_536, String(given));
});

test("whatever a body of a mebibyte is made of, the memory of the instance stays within 12 MiB", async () => {
  const types = { "application/json": "json", "application/x-ndjson": "ndjson", "application/x-www-form-urlencoded": "form", "multipart/form-data": "multipart" };
  const members = { content_types: types, leftovers: { min_chars: 4, action: "report" }, limits: { max_depth: 1024, max_fields: 100_000 } };
  const hostile = [{}, { duplicate_names: "refuse" }].map((more) => attacker(policyOf([{ path: "$..ssn", mode: "envelope" }], { ...members, ...more })));
  const fill = (/** @type {string} */ piece) => piece.repeat(MEBIBYTE / piece.length - 1);
  const part = '--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n\r\n';
  const generation = () => withInstance((generation) => generation);
  const first = generation();
  let most = 0;
  for (const [content, type] of /** @type {[string, string?][]} */ ([
    ["[".repeat(1_000_000)], [`[${fill("0,")}0]`], [`[${fill("[],")}0]`], [`[${fill('{"a":0},')}0]`], [`{${fill('"":0,')}"a":0}`],
    [`"${fill("\\u0000")}"`],
    [`{"${fill("\\u005f")}":0}`], [`"${fill("__es")}"`], [`"${fill("\\\\")}"`], [`{"ssn":"${fill("\\u0001")}"}`],
    [`{"ssn":[${fill("0,")}0]}`],
    [`[${fill('{"ssn":1},')}0]`], [fill('{"ssn":"\\n12"}\n'), "application/x-ndjson"],
    [fill("ssn=%31&"), "application/x-www-form-urlencoded"],
    [`{${Array.from({ length: 80_000 }, (_, i) => `"${i.toString(36)}":0`).join(",")}}`],
    [fill("0\n"), "application/x-ndjson"], [fill("\n"), "application/x-ndjson"], [fill("a&"), "application/x-www-form-urlencoded"],
    [fill("=&"), "application/x-www-form-urlencoded"], [fill("%20"), "application/x-www-form-urlencoded"],
    [`a${fill("[a]")}=1`, "application/x-www-form-urlencoded"],
    [`a${fill(".0")}=1`, "application/x-www-form-urlencoded"], [`${fill(part)}--b--`, "multipart/form-data; boundary=b"],
    [fill("--b\r\n"), "multipart/form-data; boundary=b"],
    [`--b\r\n${fill("A: b\r\n")}\r\n\r\n--b--`, "multipart/form-data; boundary=b"],
  ])) {
    for (const send of hostile) {
      const { said } = await send(content, type === undefined ? {} : { type });
      assert.ok(!said.startsWith("internal"), `${said}: ${content.slice(0, 40)}`);
    }
    most = Math.max(most, memory().buffer.byteLength);
    assert.equal(generation(), first, content.slice(0, 40));
  }
  assert.ok(most <= 12 * MEBIBYTE, `${most / MEBIBYTE} MiB`);
});
