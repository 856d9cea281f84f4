// The decision table: it has a row for every request, no row is in vain, and the README shows it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { STATUS } from "../src/core/refusal.js";
import { lookUp, TABLE } from "../src/core/table.js";
import { tableOf } from "../support/documented.js";

const METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "PROPFIND", "post"];
const BODIES = /** @type {const} */ (["hidden", "announced", "cut", "too long", "empty", "there"]);
const CODINGS = [[], ["identity"], ["gzip"], ["identity", "br"], ["identity, gzip"], [""]];
const TYPES = [[], ["application/json"], ["application/json", "text/plain"]];

/**
 * @param {string} method
 * @param {typeof BODIES[number]} body
 * @param {string[]} codings
 * @param {string[]} types
 * @returns {import("../src/core/request.js").Request}
 */
function request(method, body, codings, types) {
  const bytes = body === "there" ? new Uint8Array(1) : body === "empty" ? new Uint8Array() : undefined;
  const isHidden = body === "hidden" || body === "announced";
  const lack = isHidden ? { lack: /** @type {const} */ ("hidden") } : body === "cut" || body === "too long" ? { lack: body } : {};
  const headers = [
    ...codings.map((value) => ({ name: "Content-Encoding", value })),
    ...types.map((value) => ({ name: "CONTENT-TYPE", value })),
    ...(body === "announced" ? [{ name: "Content-length", value: "1" }] : []),
  ];
  return { method, path: "/", query: "", headers, body: bytes, ...lack };
}

test("every request has its row, and every row a request", () => {
  const used = new Set();
  for (const method of METHODS) {
    for (const body of BODIES) {
      for (const codings of CODINGS) {
        for (const types of TYPES) used.add(lookUp(request(method, body, codings, types)));
      }
    }
  }
  assert.equal(used.size, TABLE.length);
});

test("a body is looked at, or refused, or not there", () => {
  for (const method of METHODS) {
    for (const body of /** @type {const} */ (["announced", "cut", "too long", "there"])) {
      for (const codings of CODINGS) {
        for (const types of TYPES) {
          const { look, code } = lookUp(request(method, body, codings, types));
          assert.equal(code === undefined, look === "head and body");
          const isPlain = codings.length === 0 || codings[0] === "identity";
          if (look === "head and body") assert.ok(isPlain && codings.length < 2 && types.length === 1);
        }
      }
    }
  }
});

test("no body at all is no body, whatever its type", () => {
  const none = { ...request("POST", "empty", ["gzip"], []), body: undefined };
  assert.equal(lookUp(none).look, "head");
});

test("the README shows it", () => {
  const rows = TABLE.map(({ method, body, coding, type, code, look }) => {
    const becomes = code === undefined ? `the policy is followed: ${look}` : `${STATUS[code]} \`${code}\``;
    return [method, body, coding, type, becomes];
  });
  assert.deepEqual(tableOf("edge-function/README.md", "What becomes of a request"), rows);
});
