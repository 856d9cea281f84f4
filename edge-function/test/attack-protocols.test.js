// Bodies of protocols that carry names and values in other places: JSON Patch, merge patches, GraphQL, JSON-RPC, JSON in JSON.

import assert from "node:assert/strict";
import { test } from "node:test";

import { attacker, opened } from "../support/attack.js";
import { policyOf } from "../support/policy.js";

const SECRET = "078-05-1120";
const SSN = { path: "$..ssn" };

/** In the shape of the cases of json-patch-tests: each puts the secret where `ssn` is. */
const PATCHES = [
  [{ op: "add", path: "/ssn", value: SECRET }],
  [{ op: "replace", path: "/ssn", value: SECRET }],
  [{ op: "test", path: "/ssn", value: SECRET }],
  [{ op: "add", path: "/people/-/ssn", value: SECRET }],
  [{ op: "add", path: "/people/0", value: { ssn: SECRET } }],
  [{ op: "add", path: "", value: { ssn: SECRET } }],
  [{ value: SECRET, path: "/ss~0n/../ssn", op: "add" }],
  [{ op: "add", path: "/note", value: SECRET }, { op: "move", from: "/note", path: "/ssn" }],
];

test("JSON Patch, which has names in values, is refused unless the policy names it", async () => {
  const type = "application/json-patch+json";
  const pattern = { content_types: { "application/json": "json", "application/*+json": "json" } };
  const passing = { content_types: { "application/*+json": "pass" } };
  for (const members of [{}, pattern, passing]) {
    const send = attacker(policyOf([SSN], members));
    for (const patch of PATCHES) {
      for (const spelled of [type, "Application/JSON-Patch+JSON", `${type}; charset=utf-8`]) {
        const { said, got } = await send(JSON.stringify(patch), { type: spelled, method: "PATCH" });
        assert.deepEqual([said, got.length], ["content_type_unsupported 415", 0]);
      }
    }
  }
  // Whoever names it says which values: those of every operation.
  const named = attacker(policyOf([{ path: "$[*].value" }], { content_types: { [type]: "json" } }));
  for (const patch of PATCHES) {
    const content = JSON.stringify(patch);
    const { said, text, got } = await named(content, { type, method: "PATCH" });
    assert.equal(said, "encrypted");
    assert.ok(!text.includes(SECRET));
    assert.equal(await opened(got), content);
  }
});

test("a JSON merge patch is read as JSON, and null, which removes a member, stays", async () => {
  const send = attacker(policyOf([SSN]));
  const request = { type: "application/merge-patch+json", method: "PATCH" };
  for (const patch of [{ ssn: SECRET }, { person: { ssn: SECRET, n: null } }, { people: [{ ssn: SECRET }] }, { ssn: { area: SECRET } }]) {
    const { said, text, got } = await send(JSON.stringify(patch), request);
    assert.equal(said, "encrypted");
    assert.ok(!text.includes(SECRET));
    assert.equal(await opened(got), JSON.stringify(patch));
  }
  const { said, text } = await send('{"ssn":null}', request);
  assert.deepEqual([said, text], ["unchanged", '{"ssn":null}']);
});

test("variables of GraphQL and parameters of JSON-RPC are found by name, also in batches", async () => {
  const send = attacker(policyOf([SSN]));
  const query = "mutation($ssn: String!) { enrol(ssn: $ssn) { id } }";
  const call = (/** @type {unknown} */ params) => ({ jsonrpc: "2.0", id: 1, method: "enrol", params });
  const bodies = /** @type {[body: unknown, type?: string][]} */ ([
    [{ query, variables: { ssn: SECRET } }],
    [{ query, operationName: "ssn", variables: { input: { people: [{ ssn: SECRET }] } } }],
    [[{ query, variables: { ssn: SECRET } }, { query, variables: { ssn: SECRET } }], "application/graphql+json"],
    [call({ ssn: SECRET }), "application/json-rpc+json"],
    [[call({ ssn: SECRET }), call([{ ssn: SECRET }])]],
    [{ data: { type: "people", attributes: { ssn: SECRET } } }, "application/vnd.api+json"],
  ]);
  for (const [body, type] of bodies) {
    const content = JSON.stringify(body);
    const { said, entry, text, got } = await send(content, type === undefined ? {} : { type });
    assert.deepEqual([said, entry.values], ["encrypted", content.split(SECRET).length - 1], content);
    assert.ok(!text.includes(SECRET));
    assert.equal(await opened(got), content);
  }
  // A query is no JSON.
  assert.equal((await send(`{ enrol(ssn: "${SECRET}") }`, { type: "application/graphql" })).said, "content_type_unsupported 415");
});

/** What a policy does not look into, and `leftovers` finds where it also stands in a field. */
test("JSON in a string, and a value in base64, are text: they stay, unless the string itself is protected", async () => {
  const inner = JSON.stringify({ ssn: SECRET });
  const send = attacker(policyOf([SSN]));
  const hidden = [
    JSON.stringify({ payload: inner }),
    JSON.stringify({ payload: Buffer.from(inner).toString("base64") }),
    // An inline argument of GraphQL, and a positional parameter.
    JSON.stringify({ query: `mutation { enrol(ssn: "${SECRET}") }` }),
    JSON.stringify({ method: "enrol", params: [SECRET] }),
  ];
  for (const content of hidden) {
    const { said, text } = await send(content);
    assert.deepEqual([said, text], ["unchanged", content]);
  }
  const whole = attacker(policyOf([SSN, { path: "$.payload" }, { path: "$.query" }, { path: "$.params" }]));
  for (const content of hidden) {
    const { said, got, text } = await whole(content);
    assert.equal(said, "encrypted");
    assert.ok(!text.includes(SECRET));
    assert.equal(await opened(got), content);
  }
  const strict = attacker(policyOf([SSN], { leftovers: { min_chars: 8, action: "refuse" } }));
  for (const copy of [inner, SECRET, `${SECRET}!`, JSON.stringify(inner)]) {
    const { said, got } = await strict(JSON.stringify({ ssn: SECRET, note: copy }));
    assert.deepEqual([said, got.length], ["value_left 422", 0]);
  }
});
