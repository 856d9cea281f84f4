// The local CDN and what functions give back: what CloudFront takes, what it cuts, and what it answers with 502.

import assert from "node:assert/strict";
import { test } from "node:test";

import { HIDDEN } from "../support/hidden.js";
import { send, start } from "../support/local.js";

test("the origin gets what the function changes", async () => {
  const code = `
    request.uri = "/other"; request.querystring = "q=%20"; request.headers.host = [{ value: "h" }];
    request.headers["x-a-b"] = [{ value: "1" }, { key: "X-a-B", value: "2" }]; delete request.headers["x-do"];
    request.body = { action: "replace", encoding: "text", data: "\\u00e9" }; return request`;
  const [{ headers, ...got } = assert.fail()] = (await send(code, { headers: { "transfer-encoding": "chunked" }, body: "body" })).kept;
  assert.deepEqual(got, { method: "POST", url: "/other?q=%20", body: Buffer.from("é") });
  const { "x-amz-cf-id": id, ...others } = headers;
  assert.match(String(id), /==$/);
  assert.deepEqual(others, {
    connection: "close",
    "content-length": "2",
    host: "h",
    via: "1.1 edgeseal-local",
    "x-a-b": "1, 2",
    "x-forwarded-for": "127.0.0.1",
  });
});

test("a body that is read-only stays, whatever the function says of it", async () => {
  for (const body of ['{ action: "read-only", data: "eA==" }', '{ data: 1 }', "undefined"]) {
    assert.equal((await send(`return { ...request, body: ${body} }`, { body: "body" })).kept[0]?.body.toString(), "body");
  }
});

/** @type {[encoding: string, unit: string, bytes: number][]} */
const LIMITS = [["text", "x", 1_000_000], ["base64", "eHh4", 997_500]];

for (const [encoding, unit, limit] of LIMITS) {
  test(`a replaced body of more than ${limit} bytes, in ${encoding}, is cut, or refused`, async () => {
    const strict = await start({ strict: true });
    const perUnit = encoding === "text" ? 1 : 3;
    for (const extra of [0, 1]) {
      const data = `${JSON.stringify(unit)}.repeat(${limit / perUnit + extra})`;
      const code = `request.body = { action: "replace", encoding: ${JSON.stringify(encoding)}, data: ${data} }; return request`;
      const { status, kept, entry } = await send(code);
      assert.equal(status, 201);
      assert.equal(kept[0]?.body.length, limit);
      assert.equal(kept[0]?.headers["content-length"], String(limit));
      assert.equal(entry?.cut, extra * perUnit);
      const refused = await send(code, { to: strict });
      assert.equal(refused.status, extra === 0 ? 201 : 502);
      assert.equal(refused.kept.length, extra === 0 ? 1 : 0);
    }
  });
}

test("a response that the function generates", async () => {
  const code = `
    const headers = { "x-a": [{ value: "1" }, { value: "2" }] };
    return { status: "418", statusDescription: "Short", headers, body: "w6k=", bodyEncoding: "base64" }`;
  const { status, headers, said, kept, entry } = await send(code);
  assert.deepEqual([status, headers["x-a"], said, headers["x-cache"]], [418, "1, 2", "é", "LambdaGeneratedResponse from edgeseal-local"]);
  assert.deepEqual(kept, []);
  assert.equal(entry?.by, "function");
});

const READ_ONLY = [
  ..."Accept-Encoding If-Modified-Since If-None-Match If-Range If-Unmodified-Since Via".split(" "),
  ..."Content-Length Transfer-Encoding".split(" "),
];
const header = (/** @type {string} */ name, /** @type {string} */ value) =>
  `request.headers[${JSON.stringify(name.toLowerCase())}] = ${value}; return request`;

/** Results that CloudFront does not take. @type {[name: string, code: string, headers?: Record<string, string>][]} */
const INVALID = [
  ...READ_ONLY.map((name) => /** @type {[string, string]} */ ([`${name} added or changed`, header(name, '[{ value: "7" }]')])),
  ...READ_ONLY.filter((name) => name !== "Transfer-Encoding" && name !== "Content-Length").flatMap((name) => {
    const given = { [name]: "7" };
    return /** @type {[string, string, Record<string, string>][]} */ ([
      [`${name} changed`, header(name, '[{ value: "8" }]'), given],
      [`${name} doubled`, header(name, '[{ value: "7" }, { value: "7" }]'), given],
      [`${name} removed`, header(name, "undefined"), given],
    ]);
  }),
  ["Transfer-Encoding removed", header("Transfer-Encoding", "undefined"), { "transfer-encoding": "chunked" }],
  ...HIDDEN.map((name) => /** @type {[string, string]} */ ([`${name} added`, header(name, '[{ value: "x" }]')])),
  ["a header's name in capitals", 'request.headers["X-A"] = [{ value: "x" }]; return request'],
  ["a header with another key", header("x-a", '[{ key: "x-b", value: "x" }]')],
  ["a header with a key that is no text", header("x-a", '[{ key: 1, value: "x" }]')],
  ["a header that is text", header("x-a", '"x"')],
  ["a header that is an object", header("x-a", '{ value: "x" }')],
  ["a header of text", header("x-a", '["x"]')],
  ["a header without value", header("x-a", '[{ key: "x-a" }]')],
  ["a header that is a number", header("x-a", "[{ value: 1 }]")],
  ["a header with a line feed", header("x-a", '[{ value: "a\\nb: c" }]')],
  ["a header's name with a blank", header("x a", '[{ value: "x" }]')],
  ["headers that are an array", "return { ...request, headers: [] }"],
  ["no headers", "return { ...request, headers: undefined }"],
  ["another method", 'return { ...request, method: "PUT" }'],
  ["another client", 'return { ...request, clientIp: "192.0.2.1" }'],
  ["another origin", "request.origin.custom.port += 1; return request"],
  ["no uri", "return { ...request, uri: undefined }"],
  ["a uri without /", 'return { ...request, uri: "people" }'],
  ["a uri with a blank", 'return { ...request, uri: "/a b" }'],
  ["a uri with a fragment", 'return { ...request, uri: "/a#b" }'],
  ["a query string with a blank", 'return { ...request, querystring: "a b" }'],
  ["a query string with a line feed", 'return { ...request, querystring: "a\\nb" }'],
  ["a query string with a fragment", 'return { ...request, querystring: "a#b" }'],
  ["a query string that is no text", "return { ...request, querystring: 1 }"],
  ["a URL of 8,192 characters", 'return { ...request, querystring: "q".repeat(8192 - "/people?".length) }'],
  ["a head of more than 20,480 bytes", header("x-a", '[{ value: "x".repeat(20480) }]')],
  ["a body that is text", 'return { ...request, body: "body" }'],
  ["another action", 'return { ...request, body: { action: "append", data: "" } }'],
  ["a new body without data", 'return { ...request, body: { action: "replace" } }'],
  ["another encoding", 'return { ...request, body: { action: "replace", encoding: "hex", data: "" } }'],
  ...["e30", "e31=", "e3 0=", "e30=\\n", "{}"].map((data) =>
    /** @type {[string, string]} */ ([`not base64: ${data}`, `return { ...request, body: { action: "replace", data: "${data}" } }`]),
  ),
  ...["undefined", "null", "7", '"request"', "[request]"].map((value) => /** @type {[string, string]} */ ([value, `return ${value}`])),
  ...['"199"', '"600"', "199", "600", "200.5", '"2e2"', "true", "null", '""'].map((status) =>
    /** @type {[string, string]} */ ([`status ${status}`, `return { status: ${status} }`]),
  ),
  ["a description with a line feed", 'return { status: 200, statusDescription: "a\\nb" }'],
  ["a response's body that is no text", "return { status: 200, body: {} }"],
  ["a response in another encoding", 'return { status: 200, body: "", bodyEncoding: "hex" }'],
  ["a response that is not base64", 'return { status: 200, body: "e30", bodyEncoding: "base64" }'],
  ["a response of more than 1 MB", 'return { status: 200, body: "x".repeat(1000000) }'],
  ["a response with a header that is not allowed", 'return { status: 200, headers: { connection: [{ value: "x" }] } }'],
  ["a response with a header that is read-only", 'return { status: 200, headers: { "content-length": [{ value: "0" }] } }'],
  ["a response with a header that is text", 'return { status: 200, headers: { a: "b" } }'],
];

for (const [name, code, headers = {}] of INVALID) {
  test(`invalid: ${name}`, async () => {
    const { status, kept, said, headers: answered, entry } = await send(code, { headers });
    assert.equal(status, 502);
    assert.match(said, /^the function's result is invalid: /);
    assert.equal(entry?.reason, said.trimEnd());
    assert.equal(answered["x-cache"], "Error from edgeseal-local");
    assert.deepEqual(kept, []);
  });
}

/** Those just inside the rules. @type {[name: string, code: string, status: number, headers?: Record<string, string>][]} */
const VALID = [
  ...READ_ONLY.slice(0, 5).map((name) =>
    /** @type {[string, string, number, Record<string, string>]} */ ([`${name} as it was`, "return request", 201, { [name]: "7" }]),
  ),
  ["a header with its key in capitals", header("x-a", '[{ key: "X-A", value: "x" }]'), 201],
  ["a header without values", header("x-a", "[]"), 201],
  ["a URL of 8,191 characters", 'return { ...request, querystring: "q".repeat(8191 - "/people?".length) }', 201],
  ["a query string removed", "return { ...request, querystring: undefined }", 201],
  ["status 200", "return { status: 200 }", 200],
  ['status "599"', 'return { status: "599" }', 599],
  ["a response of 1 MB less its head", 'return { status: 200, body: "x".repeat(999900) }', 200],
];

for (const [name, code, expected, headers = {}] of VALID) {
  test(`valid: ${name}`, async () => {
    const { status, kept } = await send(code, { headers });
    assert.equal(status, expected);
    assert.equal(kept.length, expected === 201 ? 1 : 0);
  });
}
