// The head of a request through Lambda@Edge: query string and headers that rules are for, limits by method and path.

import assert from "node:assert/strict";
import { test } from "node:test";

import { decrypt } from "../src/decrypt.js";
import { atOrigin, body, headers, JSON_TYPE } from "../support/event.js";
import { ask, KEYRING, policyOf } from "../support/policy.js";
import { sender } from "../support/send.js";

const TOKEN = /^__es1\.pii-1\.s\..{342}\.__$/;
const BOTH = policyOf([{ query: "ssn" }, { header: "x-user-email" }, { path: "$..ssn" }]);
const SSN = "078-05-1120";

/** @param {string} text */
async function opened(text) {
  const { body } = await decrypt(Buffer.from(text), { format: "text", keyring: KEYRING, ask });
  return Buffer.from(body).toString();
}

test("a parameter is encrypted, every other byte of the query string stays", async () => {
  const { given, result, entry } = await sender(BOTH)({ method: "GET", querystring: `a=%7e&ssn=${SSN}&b=+&ssn=2&&c` });
  const [, first = "", second = ""] = /^a=%7e&ssn=([^&]*)&b=\+&ssn=([^&]*)&&c$/.exec(result.querystring) ?? [];
  assert.match(first, TOKEN);
  assert.match(second, TOKEN);
  assert.equal(await opened(first), SSN);
  assert.deepEqual({ ...result, querystring: given?.querystring }, given);
  assert.deepEqual([entry.outcome, entry.values, entry.body_bytes], ["encrypted", 2, undefined]);
});

test("every value of a header is encrypted, names keep their letters and all others their place", async () => {
  const emails = /** @type {[string, string][]} */ ([["X-User-Email", "a@example.org"], ["x-USER-email", "b@example.org"]]);
  const given = headers(...emails, ["Accept", "*/*"], ["Content-Length", "0"]);
  const { result } = await sender(BOTH)({ method: "GET", headers: given });
  assert.deepEqual(Object.keys(result.headers), ["host", "x-user-email", "accept", "content-length"]);
  const [first, second] = result.headers["x-user-email"];
  assert.deepEqual([first.key, second.key], ["X-User-Email", "x-USER-email"]);
  assert.equal(await opened(`${first.value} ${second.value}`), "a@example.org b@example.org");
  assert.notEqual(first.value, second.value);
  assert.deepEqual({ ...result.headers, "x-user-email": [] }, { ...given, "x-user-email": [] });
});

test("query string, header and body in one request", async () => {
  const { result, entry } = await sender(BOTH)({
    method: "PATCH",
    querystring: `ssn=${SSN}`,
    headers: headers(JSON_TYPE, ["X-User-Email", "a@example.org"], ["Digest", "SHA-256=AAAA"]),
    body: body(`{"ssn":"${SSN}"}`),
  });
  assert.equal(await opened(result.querystring), `ssn=${SSN}`);
  assert.equal(await opened(result.headers["x-user-email"][0].value), "a@example.org");
  assert.equal(await opened(atOrigin(result).toString()), `{"ssn":"${SSN}"}`);
  assert.equal(result.headers.digest, undefined);
  assert.deepEqual(entry.rules, { "rule-0": 1, "rule-1": 1, "rule-2": 1 });
});

test("a body that stays is not replaced, and keeps its digest", async () => {
  const digest = headers(JSON_TYPE, ["Digest", "SHA-256=AAAA"]);
  const { given, result } = await sender(BOTH)({ querystring: `ssn=${SSN}`, headers: digest, body: body('{"n":1}') });
  assert.equal(result.body, given?.body);
  assert.equal(result.headers, given?.headers);
  assert.match(result.querystring, /^ssn=__es1\./);
});

test("a rule limited to methods and paths is for those requests, and for paths that can be spelled otherwise", async () => {
  const limited = { methods: ["POST"], paths: ["/people/*"] };
  const send = sender(policyOf([{ path: "$.ssn", ...limited }, { query: "ssn", ...limited }, { header: "x-ssn", ...limited }]));
  /** @type {[method: string, uri: string, values: number][]} */
  const rows = [
    ["POST", "/people/1", 3],
    ["POST", "/PEOPLE/1/", 3],
    ["POST", "/people/%31", 3],
    ["POST", "/x/../people/1", 3],
    ["POST", "//people/1", 3],
    ["POST", "/orders/1", 0],
    ["PUT", "/people/1", 0],
    ["PUT", "/people/%31", 0],
  ];
  for (const [method, uri, values] of rows) {
    const request = { method, uri, querystring: "ssn=1", headers: headers(JSON_TYPE, ["X-SSN", "1"]), body: body('{"ssn":"1"}') };
    const { entry } = await send(request);
    assert.equal(entry.values, values, `${method} ${uri}`);
  }
});

test("a path that is not known is every path", async () => {
  const send = sender(policyOf([{ query: "ssn", paths: ["/people"] }]));
  const { entry } = await send({ method: "GET", uri: undefined, querystring: "ssn=1" });
  assert.equal(entry.values, 1);
});

test("the URL may have 8,191 bytes after encryption, and not one more", async () => {
  const send = sender(policyOf([{ query: "ssn" }]));
  const { length } = (await send({ method: "GET", uri: "/", querystring: "ssn=1&a=" })).result.querystring;
  const room = 8_191 - "/?".length - length;
  assert.equal((await send({ method: "GET", uri: "/", querystring: `ssn=1&a=${"b".repeat(room)}` })).said, "encrypted");
  assert.equal((await send({ method: "GET", uri: "/", querystring: `ssn=1&a=${"b".repeat(room + 1)}` })).said, "head_too_large 413");
  // In bytes, not in characters.
  assert.equal((await send({ method: "GET", uri: "/é", querystring: `ssn=1&a=${"b".repeat(room - 1)}` })).said, "head_too_large 413");
});

test("request line and headers may have 20,480 bytes after encryption, and not one more", async () => {
  const send = sender(policyOf([{ header: "x-ssn" }]));
  const request = (/** @type {number} */ filler) => ({
    method: "GET", uri: "/", headers: headers(["X-SSN", "1"], ["X-A", "b".repeat(filler)]),
  });
  const token = (await send(request(1))).result.headers["x-ssn"][0].value.length;
  const room = 20_480 - `GET /? HTTP/1.1\r\n\r\n`.length - `host: origin.example\r\nx-ssn: \r\nx-a: \r\n`.length - token;
  assert.equal((await send(request(room))).said, "encrypted");
  assert.equal((await send(request(room + 1))).said, "head_too_large 413");
});

test("a head that nothing changed in is as long as it was", async () => {
  const { given, result } = await sender(BOTH)({ method: "GET", querystring: "a".repeat(30_000) });
  assert.equal(result, given);
});
