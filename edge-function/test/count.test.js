// The header that tells the origin how many values were encrypted.

import assert from "node:assert/strict";
import { test } from "node:test";

import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { body, headers, JSON_TYPE } from "../support/event.js";
import { POLICY } from "../support/policy.js";
import { sender } from "../support/send.js";

const send = sender(POLICY, { countHeader: "X-EdgeSeal-Values" });
const COUNT = "x-edgeseal-values";

/** @type {[name: string, request: Record<string, unknown>, count: string][]} */
const ROWS = [
  ["encrypted", { body: body('[{"ssn":"1"},{"ssn":"2","email":"a"}]') }, "3"],
  ["unchanged", { body: body('{"n":1}') }, "0"],
  ["passed", { method: "GET" }, "0"],
  ["forged", { method: "GET", headers: headers(["x-edgeseal-VALUES", "7"], ["X-EdgeSeal-Values", "8"]) }, "0"],
  ["forged for a gateway", { method: "GET", headers: headers(["X_EdgeSeal_Values", "7"]) }, "0"],
];

for (const [name, request, count] of ROWS) {
  test(`${name}: ${count}`, async () => {
    const { given, result } = await send(request);
    const { "x-edgeseal-values": said, ...others } = result.headers;
    assert.deepEqual(said, [{ key: "X-EdgeSeal-Values", value: count }]);
    const { "x-edgeseal-values": forged, "x_edgeseal_values": spelled, ...kept } = /** @type {any} */ (given?.headers);
    assert.deepEqual(others, kept);
    if (count === "0") assert.equal(result.body, given?.body);
  });
}

test("without the option nobody touches the header", async () => {
  const { given, result } = await sender(POLICY)({ headers: headers(JSON_TYPE, [COUNT, "7"]), body: body('{"ssn":"1"}') });
  assert.deepEqual(result.headers, given?.headers);
});

test("it counts for the limit of the head", async () => {
  const long = headers(["X-A", "b".repeat(20_430)]);
  assert.equal((await send({ method: "GET", headers: long })).said, "head_too_large 413");
});

test("a name that is no header, or means something else, is refused", () => {
  const names = ["", "a b", "a:", "é", "x".repeat(65), "Host", "content-length", "Via", "if-match", "x-amz-cf-id", "Cookie", 1, null];
  for (const countHeader of names) {
    const options = { countHeader: /** @type {any} */ (countHeader) };
    assert.throws(() => createOriginRequestHandler(POLICY, options), TypeError, `${countHeader}`);
  }
});
