// Attacks by what a field is called, and by where it stands.

import assert from "node:assert/strict";
import { test } from "node:test";

import { attacker, choices, opened, permutations } from "../support/attack.js";
import { LOOKALIKES, NAMES } from "../support/naughty.js";
import { policyOf } from "../support/policy.js";

const SECRET = "078-05-1120";
const exact = attacker(policyOf([{ path: "$..ssn" }]));

/** @param {string} name as a JSON string */
const value = (name) => `{"a":[{${name}:"${SECRET}","n":1.50}]}`;

/**
 * Sends a body in which all of the secret is to be encrypted.
 * @param {ReturnType<typeof attacker>} send
 * @param {string} content
 * @param {number} count
 */
async function assertSealed(send, content, count) {
  const { said, entry, got, text } = await send(content);
  assert.equal(said, "encrypted", content);
  assert.equal(entry.values, count, content);
  assert.ok(!text.includes(SECRET.slice(0, 6)), content);
  assert.equal(await opened(got), content);
}

test("a name that comes twice is encrypted each time, in every order, whichever a reader keeps", async () => {
  const members = [`"ssn":"${SECRET}"`, `"\\u0073sn" : "${SECRET}"`, `"ssn":{"deep":["${SECRET}"]}`, '"other":[1,2]', '"other":0'];
  for (const order of permutations(members)) {
    await assertSealed(exact, `{${order.join(",")}}`, 3);
    await assertSealed(exact, `{"p":{${order.slice(0, 2).join(",")}},"p":{${order.slice(2).join(",")}}}`, 3);
  }
  const strict = attacker(policyOf([{ path: "$..ssn" }], { duplicate_names: "refuse" }));
  for (const order of permutations(members.slice(0, 2).concat('"n":1'))) {
    const { said, got } = await strict(`{${order.join(",")}}`);
    assert.deepEqual([said, got.length], ["duplicate_name 400", 0]);
  }
});

test("a name is found in every spelling with escapes", async () => {
  const letters = [..."ssn"].map((letter) => {
    const hex = letter.charCodeAt(0).toString(16).padStart(4, "0");
    return [letter, `\\u${hex}`, `\\u${hex.toUpperCase()}`];
  });
  const spellings = choices(letters).map((spelling) => spelling.join(""));
  assert.equal(new Set(spellings).size, 2 * 2 * 3);
  for (const spelling of spellings) await assertSealed(exact, value(`"${spelling}"`), 1);

  const grin = attacker(policyOf([{ path: "$..['\u{1f600}/']" }]));
  for (const spelling of [
    "\u{1f600}/", "\\ud83d\\ude00/", "\\uD83D\\uDE00\\/", "\u{1f600}\\u002f",
  ]) await assertSealed(grin, value(`"${spelling}"`), 1);
  // The halves of a pair are not the name.
  for (const spelling of ["\\ud83d/", "\\ude00\\ud83d/"]) assert.equal((await grin(value(`"${spelling}"`))).said, "unchanged");
});

test("with ignore-case a name is found in every case, and in what an origin folds to it", async () => {
  const folding = attacker(policyOf([{ path: "$..ssn", match: "ignore-case" }, { path: "$..kid", match: "ignore-case" }]));
  const ssn = choices([["s", "S", "\u017f", "\\u017f", "\\u0053"], ["s", "S", "\u017f"], ["n", "N"]]);
  const kid = choices([["k", "K", "\u212a", "\\u212A"], ["i", "I", "\u0130", "\u0131"], ["d", "D"]]);
  for (const spelling of [...ssn, ...kid]) await assertSealed(folding, value(`"${spelling.join("")}"`), 1);
  // What the default lets through is said in CONFIGURATION.md, and asked by `edgeseal policy check`.
  for (const spelling of ssn.map((letters) => letters.join("")).filter((name) => name !== "ssn")) {
    assert.equal((await exact(value(`"${spelling}"`))).said, "unchanged", spelling);
  }
});

test("a name that only looks like another is another, and each is found by a rule of its own", async () => {
  for (const name of LOOKALIKES) assert.equal((await exact(value(JSON.stringify(name)))).said, "unchanged", name);
  assert.equal(new Set(NAMES).size, NAMES.length);
  const paths = NAMES.map((name) => ({ path: `$..[${JSON.stringify(name).replaceAll("\u007f", "\\u007f")}]` }));
  const all = attacker(policyOf(paths));
  const body = `{${NAMES.map((name, i) => `${JSON.stringify(name)}:"${SECRET}-${i}"`).join(",")},"n":1}`;
  await assertSealed(all, body, NAMES.length);
  const { entry } = await all(body);
  assert.deepEqual(entry.rules, Object.fromEntries(NAMES.map((_, i) => [`rule-${i}`, 1])));
});

test("a field in an array, in a wrapper or under another parent is found by its name, and by a path only where that leads", async () => {
  const places = [
    (/** @type {string} */ ssn) => `{"person":${ssn}}`,
    (/** @type {string} */ ssn) => `[{"person":${ssn}}]`,
    (/** @type {string} */ ssn) => `{"data":{"person":${ssn}}}`,
    (/** @type {string} */ ssn) => `{"persona":${ssn}}`,
    (/** @type {string} */ ssn) => `{"person":[${ssn}]}`,
    (/** @type {string} */ ssn) => `[[[${ssn}]]]`,
    (/** @type {string} */ ssn) => ssn,
  ];
  const pointed = attacker(policyOf([{ path: "$.person.ssn" }]));
  for (const [index, place] of places.entries()) {
    const content = place(`{"ssn":"${SECRET}"}`);
    await assertSealed(exact, content, 1);
    const { said, text } = await pointed(content);
    assert.deepEqual([said, text.includes(SECRET)], index === 0 ? ["encrypted", false] : ["unchanged", true], content);
  }
});
