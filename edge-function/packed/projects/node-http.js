// node:http alone.

import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";

import { createMiddleware, wrap } from "edgeseal/node";

import { JSON_TYPE, listen, send } from "./http.js";
import { opened, policy, SSN } from "./policy.js";

const seal = createMiddleware(policy, { log: () => {} });
const port = await listen(wrap(seal, async (incoming, outgoing) => {
  const { method, url, headers, rawHeaders } = incoming;
  const body = await buffer(incoming);
  outgoing.setHeader("content-type", "application/json").end(JSON.stringify({ method, url, headers, rawHeaders, body: body.toString() }));
}));

test("body, URL and headers", async () => {
  const headers = { ...JSON_TYPE, "X-Ssn": SSN };
  const { text, json } = await send(port, { path: `/people?ssn=${SSN}`, headers, body: JSON.stringify({ ssn: SSN }) });
  assert.ok(!text.includes(SSN));
  assert.equal(opened(JSON.parse(json.body).ssn), SSN);
  assert.equal(opened(new URLSearchParams(json.url.split("?")[1]).get("ssn")), SSN);
  assert.equal(opened(json.headers["x-ssn"]), SSN);
  assert.equal(opened(json.rawHeaders[json.rawHeaders.indexOf("X-Ssn") + 1]), SSN);
  assert.equal(json.headers["content-length"], String(json.body.length));
});

test("refusals, and requests without a body", async () => {
  assert.equal((await send(port, { headers: JSON_TYPE, body: "{" })).json.code, "json_invalid");
  const { json } = await send(port, { method: "GET", path: "/people" });
  assert.deepEqual([json.method, json.url, json.body], ["GET", "/people", ""]);
});
