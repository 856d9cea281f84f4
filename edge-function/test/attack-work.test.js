// Attacks by how much work a body makes: it grows with its length, whatever is in it. What is counted is rounds of loops and calls of
// functions in the module as it is shipped, never time.

import assert from "node:assert/strict";
import { test } from "node:test";

import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { counted, countingModule } from "../support/counting.js";
import { body, event, headers, JSON_TYPE } from "../support/event.js";
import { policyOf } from "../support/policy.js";

const module = countingModule();

const FORM = "application/x-www-form-urlencoded";
const MULTIPART = "multipart/form-data; boundary=b";
const NDJSON = "application/x-ndjson";
const TEXT = "text/plain";

const FIELDS = [
  { path: "$..ssn", mode: "envelope" }, { path: "$..Kid", match: "ignore-case", mode: "envelope" }, { path: "$.a[0].b.x", mode: "envelope" },
  { query: "ssn", mode: "envelope" }, { header: "x-ssn" },
];
const MEMBERS = {
  content_types: { "application/json": "json", [NDJSON]: "ndjson", [FORM]: "form", "multipart/form-data": "multipart", [TEXT]: "pass" },
  limits: { max_depth: 1024, max_fields: 100_000 },
};

/** @param {string} policy */
function sender(policy) {
  /** @type {any} */
  let entry;
  const handler = createOriginRequestHandler(policy, { module, log: (said) => void (entry = said) });
  return async (/** @type {string} */ content, /** @type {[string, string][]} */ fields, querystring = "") => {
    const given = event({ headers: headers(...fields), querystring, body: body(content) });
    const before = counted();
    await handler(given);
    return { work: counted() - before, entry };
  };
}

/** @param {string} piece */
const fill = (piece) => (/** @type {number} */ length) => piece.repeat(Math.floor(length / piece.length));

/** Pieces that differ. @param {(number: string) => string} piece */
const differing = (piece) => (/** @type {number} */ length) => {
  let text = "";
  for (let number = 0; text.length < length; number += 1) text += piece(number.toString(36));
  return text;
};

/** @param {string} before @param {(length: number) => string} middle @param {string} after */
const around = (before, middle, after) => (/** @type {number} */ length) => `${before}${middle(length)}${after}`;

const PART = "--b\r\nContent-Disposition: form-data; name=";
const LAST = "\r\n--b--";

/** @type {Record<string, [make: (length: number) => string, type?: string]>} */
const BODIES = {
  "open arrays": [fill("[")],
  numbers: [around("[", fill("0,"), "0]")],
  "empty arrays": [around("[", fill("[],"), "0]")],
  "protected values": [around("[", fill('{"ssn":"1"},'), "0]")],
  "values that differ": [around("[", differing((number) => `{"ssn":"${number.padStart(6, "0")}"},`), "0]")],
  "names that differ": [around("{", differing((number) => `"${number}":0,`), '"-":0}')],
  "names that differ at their ends": [around("{", differing((number) => `"${"x".repeat(500)}${number}":0,`), '"-":0}')],
  "names that fold": [around("{", differing((number) => `"\u212a${number}":0,`), '"-":0}')],
  "escapes in a value": [around('"', fill("\\u0041"), '"')],
  "escapes in a name": [around('{"', fill("\\u005f"), '":0}')],
  "escapes of escapes": [around('"', fill("\\\\u005c"), '"')],
  "reverse solidi": [around('"', fill("\\\\"), '"')],
  "a long word of underscores": [around('"', fill("_"), '"')],
  "beginnings of tokens": [around('"', fill("__es"), '"')],
  "a token's version without an end": [around('"__es', fill("1"), '"')],
  "digits of a number": [around("[", fill("1"), "]")],
  "blanks": [around("[", fill(" \n\t"), "]")],
  lines: [fill("0\n"), NDJSON],
  "blank lines": [fill("\n"), NDJSON],
  "fields without a name": [fill("&"), FORM],
  "fields that differ": [differing((number) => `${number}=&`), FORM],
  "percent-encoding": [around("a=", fill("%20"), ""), FORM],
  "brackets in a name": [around("a", fill("[a]"), "=1"), FORM],
  "names with many dots": [differing((number) => `a${".0".repeat(100)}${number}=1&`), FORM],
  "closing brackets": [around("a=", fill("]"), ""), FORM],
  "brackets in values": [differing((number) => `a${number}=]%5D&`), FORM],
  parts: [around("", differing((number) => `${PART}"${number}"\r\n\r\n\r\n`), "--b--"), MULTIPART],
  "parts in JSON": [around("", differing((number) => `${PART}"${number}"\r\nContent-Type: application/json\r\n\r\n{"ssn":1}\r\n`), "--b--"), MULTIPART],
  "boundaries alone": [fill("--b\r\n"), MULTIPART],
  "headers of a part": [around("--b\r\n", fill("A: b\r\n"), `\r\n${LAST}`), MULTIPART],
  "parameters of a part": [around("--b\r\nContent-Disposition: form-data", fill("; "), `; name="a"\r\n\r\n${LAST}`), MULTIPART],
  "a part's long name": [around(`${PART}"`, fill("a"), `"\r\n\r\n${LAST}`), MULTIPART],
  "hyphens in a part": [around(`${PART}"a"\r\n\r\n`, fill("-"), LAST), MULTIPART],
  "beginnings of a boundary": [around(`${PART}"a"\r\n\r\n`, fill("\r\n--"), LAST), MULTIPART],
  "beginnings of tokens in a body that passes": [fill("__e"), TEXT],
};

const [SHORT, LONG] = [1 << 16, 1 << 18];

/** Sorting the names of an object makes it a little more than proportional. */
const MOST_GROWTH = { usual: 4.4, "duplicates refused": 6.4 };
/** Calls are work, too, and how many there are is up to the compiler: what is quadratic has a thousand times as many. */
const MOST_PER_BYTE = 130;

for (const [name, members] of Object.entries({ usual: MEMBERS, "duplicates refused": { ...MEMBERS, duplicate_names: "refuse" } })) {
  test(`the work that a body makes is in proportion to its length, whatever it is made of: ${name}`, async () => {
    const send = sender(policyOf(FIELDS, members));
    await send("{}", [JSON_TYPE]);
    for (const [kind, [make, type = "application/json"]] of Object.entries(BODIES)) {
      const [short, long] = [await send(make(SHORT), [["Content-Type", type]]), await send(make(LONG), [["Content-Type", type]])];
      assert.ok(short.work > 1_000 && short.entry.code !== "internal", `${kind}: ${short.work}`);
      const growth = long.work / short.work;
      assert.ok(growth < MOST_GROWTH[/** @type {keyof typeof MOST_GROWTH} */ (name)], `${kind}: ${growth} times as much for 4 times the length`);
      assert.ok(long.work < MOST_PER_BYTE * LONG + 500_000, `${kind}: ${long.work / LONG} for each byte`);
    }
  });
}

test("so is that of a query string, of a header and of a content type", async () => {
  const send = sender(policyOf(FIELDS, MEMBERS));
  const [short, long] = [1 << 12, 1 << 14];
  const person = '{"n":1}';
  await send(person, [JSON_TYPE]);
  const heads = /** @type {Record<string, (length: number) => [fields: [string, string][], query?: string]>} */ ({
    parameters: (length) => [[JSON_TYPE], differing((number) => `${number}=&`)(length)],
    "percent-encoding": (length) => [[JSON_TYPE], fill("%41")(length)],
    "brackets": (length) => [[JSON_TYPE], `a=${fill("]")(length)}`],
    "a cookie": (length) => [[JSON_TYPE, ["Cookie", fill("a=b; ")(length)]]],
    "a header that a rule is for": (length) => [[JSON_TYPE, ["X-SSN", fill("__es")(length)]]],
    "many such headers": (length) => [[JSON_TYPE, ...Array.from({ length: length / 64 }, () => /** @type {[string, string]} */ (["X-SSN", "_"]))]],
    "parameters of a type": (length) => [[["Content-Type", `application/json${fill("; a=b")(length)}`]]],
    "a quoted parameter": (length) => [[["Content-Type", `application/json; a="${fill("\\\\;")(length)}"`]]],
    "a charset without an end": (length) => [[["Content-Type", `application/json; charset=${fill("a")(length)}`]]],
  });
  for (const [kind, make] of Object.entries(heads)) {
    const [least, most] = [await send(person, ...make(short)), await send(person, ...make(long))];
    assert.ok(most.work < 4.6 * least.work + 20_000, `${kind}: ${least.work}, ${most.work}`);
  }
});

test("the number of rules makes no difference to a body", async () => {
  const rules = (/** @type {number} */ count) => Array.from({ length: count }, (_, i) => ({ path: `$..name${i}`, mode: "envelope" }));
  const content = around("[", differing((number) => `{"name${number}":0,"namf1":1},`), "0]")(LONG).replaceAll(/"name[0-9]+"/g, '"nam"');
  const works = [];
  for (const count of [10, 1_000]) {
    const send = sender(policyOf(rules(count), MEMBERS));
    await send("{}", [JSON_TYPE]);
    works.push((await send(content, [JSON_TYPE])).work);
  }
  const [few = 0, many = 0] = works;
  assert.ok(many < few * 1.5, `${few}, ${many}`);
});

test("a search for values that are left costs no more than each value once over the body", async () => {
  const send = sender(policyOf(FIELDS, { ...MEMBERS, leftovers: { min_chars: 4, action: "report" } }));
  await send("{}", [JSON_TYPE]);
  for (const count of [10, 100, 1_000]) {
    const values = Array.from({ length: count }, (_, i) => `{"ssn":"${String(i).padStart(8, "0")}"}`).join(",");
    for (const filler of ["0", "0000", "00000001", " ", "000000000000000000000000000000a"]) {
      const content = `[${values},"${fill(filler)(SHORT)}"]`;
      const { work } = await send(content, [JSON_TYPE]);
      assert.ok(work < count * content.length * 1.5 + 2_000_000, `${count}, ${filler}: ${work / content.length / count}`);
    }
  }
});
