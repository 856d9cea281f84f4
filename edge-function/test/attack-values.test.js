// Attacks by what a protected value is: every type of JSON, under every kind of rule.

import assert from "node:assert/strict";
import { test } from "node:test";

import { attacker, opened } from "../support/attack.js";
import { policyOf } from "../support/policy.js";

const LONG = "x".repeat(300);

/** Each type of value, as JSON text; none of them is the text of what is around. */
const VALUES = {
  string: '"078-05-1120"',
  "empty string": '""',
  "string with escapes": '"\\u0030\\n"',
  "long string": `"${LONG}"`,
  number: "780511200",
  "odd number": "-1.50e+3",
  true: "true",
  false: "false",
  null: "null",
  object: '{"a": [780511200, null]}',
  "empty object": "{ }",
  array: '[ "078-05-1120" , {"b":false} ]',
  "empty array": "[]",
  "long array": `["${LONG}"]`,
};

/** @typedef {keyof typeof VALUES} Kind */

/** What becomes of each type under a rule: `encrypted`, unless said. */
const RULES = /** @type {[name: string, policy: string, other: Partial<Record<Kind, string>>][]} */ ([
  ["direct", policyOf([{ path: "$.v" }]), { null: "unchanged" }],
  ["envelope", policyOf([{ path: "$.v", mode: "envelope" }]), { null: "unchanged" }],
  ["direct, with null", policyOf([{ path: "$.v", encrypt_null: true }]), {}],
  ["envelope, with null", policyOf([{ path: "$.v", mode: "envelope", encrypt_null: true }]), {}],
  ["any depth", policyOf([{ path: "$..v" }]), { null: "unchanged" }],
  ["any member", policyOf([{ path: "$.*" }]), { null: "unchanged" }],
  ["required", policyOf([{ path: "$.v", required: true }]), { null: "unchanged" }],
  ["nothing too long", policyOf([{ path: "$.v", oversize: "reject" }]), {
    null: "unchanged",
    "long string": "value_too_long 422",
    "long array": "value_too_long 422",
  }],
]);

for (const [name, policy, others] of RULES) {
  test(`every type of value under a rule: ${name}`, async () => {
    const send = attacker(policy);
    for (const [kind, json] of Object.entries(VALUES)) {
      const content = `{"v": ${json}}`;
      const { said, text, got } = await send(content);
      assert.equal(said, others[/** @type {Kind} */ (kind)] ?? "encrypted", kind);
      if (said === "unchanged") {
        assert.equal(text, content);
      } else if (said === "encrypted") {
        assert.match(text, /^{"v": "__es1\.pii-1\.[sve]\.[A-Za-z0-9_.-]*\.__"}$/, kind);
        assert.equal(await opened(got), content);
      } else {
        assert.equal(got.length, 0);
      }
    }
  });
}

test("under a rule that only reports every type of value stays, and counts", async () => {
  const send = attacker(policyOf([{ path: "$.v", action: "report" }]));
  for (const [kind, json] of Object.entries(VALUES)) {
    const { said, text, entry } = await send(`{"v": ${json}}`);
    assert.deepEqual([said, text], ["unchanged", `{"v": ${json}}`]);
    assert.deepEqual(entry.reported, kind === "null" ? undefined : { "rule-0": 1 }, kind);
  }
});

test("under classic tags what is no string is refused, and nothing of it goes on", async () => {
  const { keys, ...rest } = JSON.parse(policyOf([{ path: "$.v" }]));
  const send = attacker(JSON.stringify({ ...rest, keys: { "pii-1": { ...keys["pii-1"], prefix: "#c:", suffix: ":c#" } } }));
  const others = { null: "unchanged", "long string": "value_too_long 422" };
  for (const [kind, json] of Object.entries(VALUES)) {
    const { said, got, text } = await send(`{"v": ${json}}`);
    const expected = kind in others ? others[/** @type {keyof typeof others} */ (kind)] : json.startsWith('"') ? "encrypted" : "value_not_string 422";
    assert.equal(said, expected, kind);
    if (said === "encrypted") assert.match(text, /^{"v": "#c:[A-Za-z0-9+/]{342}==:c#"}$/);
    else assert.equal(got.length, said === "unchanged" ? 11 : 0);
  }
});

test("a type that changes with every record makes no difference", async () => {
  const send = attacker(policyOf([{ path: "$..v", encrypt_null: true }]));
  const content = `[${Object.values(VALUES).map((json) => `{"v":${json},"w":{"v":${json}}}`).join(",")}]`;
  const { entry, got } = await send(content);
  assert.equal(entry.values, Object.keys(VALUES).length * 2);
  assert.equal(await opened(got), content);
});
