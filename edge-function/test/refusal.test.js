// The codes of this layer are those of docs/ERRORS.md, and every status has a title.

import assert from "node:assert/strict";
import { STATUS_CODES } from "node:http";
import { test } from "node:test";

import { problem, Refusal, STATUS, toRefusal } from "../src/core/refusal.js";
import { codesOf } from "../support/documented.js";

const OF_ENCRYPTION = codesOf("Encrypting a body");
const OF_THIS_LAYER = codesOf("In the edge function");

test("the codes are documented, with their status", () => {
  const { content_type_unsupported, ...own } = STATUS;
  assert.deepEqual(own, Object.fromEntries([...OF_THIS_LAYER].sort()));
  // The library's, and raised here too when the header is missing or repeated.
  assert.equal(content_type_unsupported, OF_ENCRYPTION.get("content_type_unsupported"));
});

test("every documented status has its title", () => {
  const statuses = new Set([...OF_ENCRYPTION.values(), ...OF_THIS_LAYER.values()]);
  assert.ok(statuses.size >= 7);
  for (const status of statuses) {
    const { title } = JSON.parse(problem(new Refusal("code", status)).body);
    // Node.js 20 has two titles of RFC 7231, which RFC 9110 renamed.
    const node = STATUS_CODES[status]?.replace("Payload", "Content").replace("Entity", "Content");
    assert.equal(title, node);
  }
});

test("an error that nobody expected is internal", () => {
  const strange = Object.assign(new Error("078-05-1120"), { name: "EdgeSealError", code: "strange", status: 200 });
  for (const error of [strange, new TypeError("078-05-1120"), new WebAssembly.RuntimeError("unreachable"), "text", undefined]) {
    const { code, status, message } = toRefusal(error);
    assert.deepEqual({ code, status, message }, { code: "internal", status: 500, message: "internal" });
  }
});
