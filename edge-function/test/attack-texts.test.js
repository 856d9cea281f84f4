// Attacks by how a body is written: what is JSON to one reader, and not, or other JSON, to another.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";

import { attacker, opened } from "../support/attack.js";
import { corporaTest, files } from "../support/corpora.js";
import { leakOf } from "../support/leak.js";
import { policyOf } from "../support/policy.js";

const SECRET = "078-05-1120";
const PERSON = `{"ssn":"${SECRET}","n":1.50}`;
const send = attacker(policyOf([{ path: "$..ssn" }]));

/**
 * Sends what is to be refused, under this code, and of which nothing is to be seen.
 * @param {string | Uint8Array} content
 * @param {string} code
 * @param {{ type?: string }} [request]
 */
async function assertRefused(content, code, request) {
  const { said, got, result } = await send(content, request);
  assert.equal(said, code, JSON.stringify(String(content).slice(0, 80)));
  assert.equal(got.length, 0);
  assert.equal(leakOf(Buffer.from(JSON.stringify(result)), SECRET), undefined);
}

/** @param {string} text @param {boolean} isBig */
function utf32(text, isBig) {
  const bytes = Buffer.alloc([...text].length * 4);
  [...text].forEach((character, i) => {
    const codePoint = character.codePointAt(0) ?? 0;
    if (isBig) bytes.writeUInt32BE(codePoint, i * 4);
    else bytes.writeUInt32LE(codePoint, i * 4);
  });
  return bytes;
}

test("a byte order mark is refused, wherever it stands for one", async () => {
  for (const type of ["application/json", "application/vnd.api+json", "application/x-ndjson"]) {
    for (const content of [
      `\ufeff${PERSON}`, "\ufeff", "\ufeff{}", `\ufeff\ufeff${PERSON}`,
    ]) await assertRefused(content, "body_not_utf8 400", { type });
  }
  for (const content of [` \ufeff${PERSON}`, `${PERSON}\ufeff`]) await assertRefused(content, "json_invalid 400");
  // In a string it is a character like others.
  const { said, got } = await send(`{"\ufeff":"\ufeff","ssn":"\ufeff"}`);
  assert.equal(said, "encrypted");
  assert.equal(await opened(got), `{"\ufeff":"\ufeff","ssn":"\ufeff"}`);
});

test("UTF-16 and UTF-32 are refused, with and without a byte order mark", async () => {
  for (const text of [PERSON, "{}", `\ufeff${PERSON}`]) {
    const little = Buffer.from(text, "utf16le");
    for (const bytes of [little, Buffer.from(little).swap16(), utf32(text, false), utf32(text, true)]) {
      const { said, got } = await send(bytes);
      assert.ok(["body_not_utf8 400", "json_invalid 400"].includes(said), said);
      assert.equal(got.length, 0);
    }
  }
});

test("a charset other than UTF-8 is refused, however it is said", async () => {
  for (const charset of ["utf-8", "UTF-8", '"utf-8"', "Utf-8; a=b"]) {
    assert.equal((await send(PERSON, { type: `application/json; charset=${charset}` })).said, "encrypted", charset);
  }
  const others = [
    "utf-16", "utf-16le", "utf-32", "utf-7", "iso-8859-1", "us-ascii", "windows-1252", "shift_jis", "utf8", "", '""', "utf-8 x", "*",
    "utf-8, utf-16",
  ];
  const parameters = [
    ...others.map((charset) => `charset=${charset}`),
    "charset=utf-8; charset=utf-16", "charset=utf-16; charset=utf-8", "charset=utf-8;charset=utf-8", "CHARSET=utf-16",
    "charset*=utf-8''utf-16",
    "charset*0=utf-16", "charset =utf-16", "charset= utf-16", 'charset="utf\\-16"',
  ];
  for (const type of ["application/json", "application/x-ndjson", "application/vnd.api+json"]) {
    for (const parameter of parameters) await assertRefused(PERSON, "content_type_unsupported 415", { type: `${type}; ${parameter}` });
  }
});

test("bytes that are not UTF-8 are refused wherever they stand", async () => {
  const faults = [
    "ff", "fe", "80", "bf", "c0af", "c1bf", "e080af", "f08080af", "eda080", "edbfbf", "eda081edb080", "f4908080", "f5808080", "f888808080",
    "c3", "e282", "f09f98",
  ];
  for (const hex of faults) {
    const fault = Buffer.from(hex, "hex");
    const around = [
      ["", PERSON], [PERSON, ""], [`{"n":"`, `","ssn":"${SECRET}"}`], [`{"ssn":"${SECRET}`, '"}'], [`{"`, `":1,"ssn":"${SECRET}"}`],
    ];
    for (const [before = "", after = ""] of around) {
      await assertRefused(Buffer.concat([Buffer.from(before), fault, Buffer.from(after)]), "body_not_utf8 400");
    }
  }
});

test("what a lenient reader takes for JSON is refused, and reaches nobody", async () => {
  const lenient = [
    `{"ssn":"${SECRET}",}`, `{"ssn":"${SECRET}"},`, `{,"ssn":"${SECRET}"}`, `["${SECRET}",]`, `{'ssn':'${SECRET}'}`, `{ssn:"${SECRET}"}`,
    `{"ssn":NaN,"s":"${SECRET}"}`, `{"ssn":Infinity,"s":"${SECRET}"}`, `{"ssn":-Infinity,"s":"${SECRET}"}`,
    `{"ssn":undefined,"s":"${SECRET}"}`,
    `{"ssn":"${SECRET}"/* */}`, `// ${SECRET}\n{}`, `{"ssn":"${SECRET}"}//`, `#\n{"ssn":"${SECRET}"}`, `{"ssn":"${SECRET}"}x`,
    `{"ssn":"${SECRET}"}{}`,
    `{"ssn":"${SECRET}"}\0`, `)]}',\n{"ssn":"${SECRET}"}`, `{"ssn":+1,"s":"${SECRET}"}`, `{"ssn":01,"s":"${SECRET}"}`,
    `{"ssn":.5,"s":"${SECRET}"}`,
    `{"ssn":1.,"s":"${SECRET}"}`, `{"ssn":0x1f,"s":"${SECRET}"}`, `{"ssn":1_0,"s":"${SECRET}"}`, `{"ssn":True,"s":"${SECRET}"}`,
    `{"ssn":"${SECRET}\n"}`,
    `{"ssn":"\\x30${SECRET}"}`, `{"ssn":"\\\n${SECRET}"}`, `{"ssn":"\\0${SECRET}"}`, `{"ssn" "${SECRET}"}`, `{"ssn"="${SECRET}"}`,
    `{"ssn":"${SECRET}"`,
    `{"ssn":"${SECRET}`, `{"ssn":"${SECRET}"]`, `\u00a0{"ssn":"${SECRET}"}`, `\u2028{"ssn":"${SECRET}"}`, `\v{"ssn":"${SECRET}"}`,
    `callback({"ssn":"${SECRET}"})`,
    `\x1e{"ssn":"${SECRET}"}\n`, `<ssn>${SECRET}</ssn>`, `ssn: ${SECRET}`, `ssn=${SECRET}`, `"ssn":"${SECRET}"`, SECRET,
    `{"a":\`${SECRET}\`}`, `{"ssn":"${SECRET}";"n":1}`,
  ];
  for (const content of lenient) await assertRefused(content, "json_invalid 400");
});

test("half a surrogate pair in a value is encrypted as it stands, and comes back", async () => {
  for (const mode of ["direct", "envelope"]) {
    const sealing = attacker(policyOf([{ path: "$.ssn", mode }]));
    for (const value of ["\\ud800", "\\udfff", "\\udc00\\ud800", "a\\uD83Db", "\\ud83d\\ude00\\ud800"]) {
      const { said, got, text } = await sealing(`{"ssn":"${value}"}`);
      assert.equal(said, "encrypted");
      assert.match(text, /^{"ssn":"__es1\.pii-1\.[ve]\.[^\\]*"}$/);
      assert.equal(await opened(got), `{"ssn":"${value}"}`);
    }
  }
});

test("half a surrogate pair elsewhere stays byte for byte", async () => {
  for (const odd of ["\\ud800", "\\uDFFF", "\\udc00\\ud800", "x\\ud83d"]) {
    const [before, after] = [`{"${odd}":["${odd}"],"ssn":`, `,"${odd}":"${odd}"}`];
    const { text } = await send(`${before}"1"${after}`);
    assert.ok(text.startsWith(`${before}"__es1.`) && text.endsWith(`.__"${after}`), text);
  }
});

const NUMBERS = [
  "1E400", "-1e-400", "1.0", "-0", "-0.0", "0e0", "1E+2", "12345678901234567890123", "0.1000000000000000055511151231257827",
  "9007199254740993", "-9223372036854775809",
  "1e5", "100000", `1${"0".repeat(500)}`, `0.${"0".repeat(500)}1`, "3.14159265358979323846264338327950288",
];

test("a number keeps its digits, where it stays and where it is encrypted", async () => {
  for (const number of NUMBERS) {
    const content = `{"z":${number},"ssn":${number},"a":[${number}\t, ${number}]}`;
    const { said, text, got } = await send(content);
    assert.equal(said, "encrypted");
    const [before = "", after = ""] = text.split(/"__es1\.[^"]*"/);
    assert.equal(`${before}${number}${after}`, content);
    assert.equal(await opened(got), content);
  }
});

test("members keep their order, and white space its place", async () => {
  const content = ' {\n\t"z" : 1 ,\r\n "a":{"10":1,"9":2,"ssn" :\t"1" ,"b":[ ]} , "A":{ } }\r\n';
  const { text, got } = await send(content);
  assert.equal(text.replace(/"__es1\.[^"]*"/, '"1"'), content);
  assert.equal(await opened(got), content);
});

corporaTest("JSONTestSuite: what parsers may read or refuse is refused, or stays as it is and comes back", async (folder) => {
  const whole = attacker(policyOf([{ path: "$" }], { limits: { max_depth: 1024 } }));
  const implemented = [
    ...files(join(folder, "JSONTestSuite/test_parsing"), "i_"), ...files(join(folder, "JSONTestSuite/test_transform"), ""),
  ];
  assert.equal(implemented.length, 35 + 22);
  let accepted = 0;
  for (const [name, content] of implemented) {
    const [stays, sealed] = [await send(content), await whole(content)];
    const isText = Buffer.from(content.toString()).equals(content) && !content.toString("latin1").startsWith("\xef\xbb\xbf");
    assert.equal(sealed.entry.outcome, isText ? "encrypted" : "refused", name);
    if (!isText) {
      assert.deepEqual([sealed.said, sealed.got.length, stays.got.length], ["body_not_utf8 400", 0, 0], name);
      continue;
    }
    accepted += 1;
    assert.equal(await opened(sealed.got), content.toString(), name);
    // The file of 500 arrays is deeper than usual.
    if (stays.entry.outcome === "refused") assert.deepEqual([stays.said, name], ["json_too_deep 400", "i_structure_500_nested_arrays.json"]);
    else assert.deepEqual(stays.got, content, name);
  }
  assert.ok(accepted > 30, String(accepted));
});

test("nesting is followed to the limit and not one level further, whatever it is made of and however long it goes on", async () => {
  const depths = [[{}, 128], [{ limits: { max_depth: 1 } }, 1], [{ limits: { max_depth: 1024 } }, 1024]];
  for (const [limits, most] of /** @type {[Record<string, unknown>, number][]} */ (depths)) {
    const limited = attacker(policyOf([{ path: "$..ssn" }], limits));
    const kinds = [["[", "]"], ['{"a":', "}"], ['{"ssn":', "}"]];
    for (const [open = "", close = ""] of kinds) {
      const nested = (/** @type {number} */ depth) => `${open.repeat(depth)}0${close.repeat(depth)}`;
      for (const [depth, isRefused] of /** @type {[number, boolean][]} */ ([[most - 1, false], [most, false], [most + 1, true]])) {
        assert.equal((await limited(nested(depth))).said === "json_too_deep 400", isRefused, `${open} ${depth}`);
      }
      const endless = await limited(open.repeat(1_000_000 / open.length));
      assert.deepEqual([endless.said, endless.got.length], ["json_too_deep 400", 0]);
    }
  }
});
