// Attacks by what a request is said to be: its method and its path, and what an origin may take for them instead.

import assert from "node:assert/strict";
import { test } from "node:test";

import { createRequestSealer } from "../src/fetch.js";
import { loadModule } from "../src/module.js";
import { attacker, opened } from "../support/attack.js";
import { policyOf } from "../support/policy.js";

const SECRET = "078-05-1120";
const PERSON = `{"ssn":"${SECRET}"}`;
const ANY = policyOf([{ path: "$.ssn" }]);
const LIMITED = policyOf([{ path: "$.ssn", methods: ["PUT", "M-SEARCH"], paths: ["/people/*"] }]);

/** Methods that nobody has registered so, some of which an origin may take for one that is. */
const ODD = [
  "post", "Post", "pUT", "put", "POST ", " POST", "P\u00d6ST", "P0ST", "POST-", "-POST", "PO--ST", "P_ST", "*", "", "POST\0",
  "POST\r\nX: y",
];

test("at Lambda@Edge a method that CloudFront does not forward is refused, in whatever case", async () => {
  const send = attacker(ANY);
  for (const method of [...ODD, "TRACE", "CONNECT", "PROPFIND", "M-SEARCH", "VERSION-CONTROL", "get", "Delete"]) {
    const { said, got } = await send(PERSON, { method });
    assert.deepEqual([said, got.length], ["event_invalid 500", 0], method);
  }
});

/**
 * What the origin gets of a request through the door for fetch, and the outcome.
 * @param {string} policy
 * @param {string} url
 * @param {RequestInit} init
 */
async function sealed(policy, url, init) {
  /** @type {any} */
  let entry;
  const seal = createRequestSealer(policy, { module: loadModule(), log: (said) => void (entry = said) });
  const headers = { "content-type": "application/json", .../** @type {Record<string, string>} */ (init.headers) };
  const result = await seal(new Request(`https://origin.example${url}`, { body: PERSON, ...init, headers }));
  return { outcome: entry.code ?? entry.outcome, got: result instanceof Request ? Buffer.from(await result.arrayBuffer()) : Buffer.alloc(0) };
}

test("a body is looked at whatever the method is called", async () => {
  for (const method of ["POST", "post", "PROPFIND", "M-SEARCH", "m-search", "VERSION-CONTROL", "PO--ST", "-POST", "P0ST", "*", "patch"]) {
    const { outcome, got } = await sealed(ANY, "/people/1", { method });
    assert.equal(outcome, "encrypted", method);
    assert.equal(await opened(got), PERSON);
  }
});

test("a limit by method is for that method, with or without a hyphen, and for every one that is not plain", async () => {
  for (const [method = "", outcome] of [
    ["PUT", "encrypted"], ["M-SEARCH", "encrypted"],
    // Fetch itself writes these in capitals, and leaves others alone.
    ["put", "encrypted"], ["m-search", "encrypted"], ["patch", "encrypted"], ["M-", "encrypted"], ["M--SEARCH", "encrypted"],
    ["PUT1", "encrypted"], ["M_SEARCH", "encrypted"],
    ["POST", "unchanged"], ["PATCH", "unchanged"], ["MSEARCH", "unchanged"], ["SEARCH", "unchanged"], ["VERSION-CONTROL", "unchanged"],
  ]) {
    assert.equal((await sealed(LIMITED, "/people/1", { method })).outcome, outcome, method);
  }
});

const LAMBDA = attacker(LIMITED);
const plain = { method: "POST", uri: "/people/1" };

test("where a header or a parameter may override the method no limit by method counts", async () => {
  assert.equal((await LAMBDA(PERSON, plain)).said, "unchanged");
  for (const name of ["X-HTTP-Method-Override", "x-http-method-override", "X-HTTP-Method", "X-Method-Override", "X_HTTP_METHOD_OVERRIDE"]) {
    for (const value of ["PUT", "put", "GET", "", "POST"]) {
      const { said, got } = await LAMBDA(PERSON, { ...plain, fields: [[name, value]] });
      assert.equal(said, "encrypted", name);
      assert.equal(await opened(got), PERSON);
    }
  }
  for (const querystring of [
    "_method=PUT", "a=b&_method=put", "_METHOD=PUT", "%5fmethod=PUT", "_%6Dethod", "_method", "+_method=x", "a=%zz&_method=PUT",
    ".method=PUT", "%2Emethod=PUT", "+.method=PUT", "_method%00=PUT", "_method%00x=PUT", "a=1;_method=PUT", "_method[]=PUT",
  ]) {
    assert.equal((await LAMBDA(PERSON, { ...plain, querystring })).said, "encrypted", querystring);
  }
  for (const querystring of ["method=PUT", "a=_method", "_methods=PUT", "%25", "x_method=PUT"]) {
    assert.equal((await LAMBDA(PERSON, { ...plain, querystring })).said, "unchanged", querystring);
  }
});

test("where a header may override the path no limit by path counts", async () => {
  const other = { method: "PUT", uri: "/other" };
  assert.equal((await LAMBDA(PERSON, other)).said, "unchanged");
  for (const name of ["X-Original-URL", "x-rewrite-url", "X_Original_Url"]) {
    assert.equal((await LAMBDA(PERSON, { ...other, fields: [[name, "/people/1"]] })).said, "encrypted", name);
  }
});

test("a body is refused with GET, whatever another header calls the method, and encrypted with POST that is called GET", async () => {
  const send = attacker(ANY);
  for (const method of ["GET", "HEAD", "OPTIONS"]) {
    const { said, got } = await send(PERSON, { method, fields: [["X-HTTP-Method-Override", "POST"]] });
    assert.deepEqual([said, got.length], ["body_unexpected 400", 0]);
  }
  const { said, got } = await send(PERSON, { method: "POST", fields: [["X-HTTP-Method-Override", "GET"]] });
  assert.equal(said, "encrypted");
  assert.equal(await opened(got), PERSON);
});

test("a path in another spelling is under every limit by path", async () => {
  for (const uri of [
    "/people/%31", "/People/1", "/people//1", "/people/./1", "/x/../people/1", "/people;v=1/1", "/people\\1", "people/1", "", "/people/1?",
    "/people/1#", "/%70eople/1", "/x%2f..%2fpeople/1",
  ]) {
    assert.equal((await LAMBDA(PERSON, { method: "PUT", uri })).said, "encrypted", uri);
  }
  for (const uri of [
    "/", "/persons/1", "/a/people/1", "/other",
  ]) assert.equal((await LAMBDA(PERSON, { method: "PUT", uri })).said, "unchanged", uri);
});
