// decrypt(encrypt(body)) is the body, byte for byte, through handler and wasm: over generated JSON, and over other people's.

import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";

import fc from "fast-check";

import { decrypt } from "../src/decrypt.js";
import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { corporaTest, files } from "../support/corpora.js";
import { atOrigin, body, event } from "../support/event.js";
import { ask, KEYRING, POLICY } from "../support/policy.js";

const handler = createOriginRequestHandler(POLICY, { log: () => {} });

/**
 * Sends a body through the edge and decrypts what the origin got; `undefined` if it is refused.
 * @param {Uint8Array} content
 */
async function thereAndBack(content) {
  const result = /** @type {any} */ (await handler(event({ body: body(Buffer.from(content)) })));
  if (result.status !== undefined) return JSON.parse(result.body).code;
  const sealed = atOrigin(result);
  const { body: opened, report } = await decrypt(sealed, { format: "json", keyring: KEYRING, ask });
  assert.deepEqual(Buffer.from(opened), Buffer.from(content));
  assert.equal(report.kept.length, 0);
  return undefined;
}

// JSON as text: white space, numbers and escapes that printing would not keep.
const space = fc.constantFrom("", " ", "\n", "\t\r\n ");
const string = fc
  .array(
    fc.oneof(
      fc.string({ unit: "grapheme" }).map((text) => JSON.stringify(text).slice(1, -1)),
      fc.constantFrom("\\/", "\\u0041", "\\ud800", "\\u00E9"),
    ),
  )
  .map((pieces) => `"${pieces.join("")}"`);
const number = fc.constantFrom("0", "-0", "1.50", "1E400", "12345678901234567890123", "-1.0e-7");
const name = fc.oneof(fc.constantFrom('"ssn"', '"email"', '"\\u0073sn"', '"em\\u0061il"', '"n"'), string);
/** @type {{ json: import("fast-check").Arbitrary<string> }} */
const { json } = fc.letrec((/** @type {(name: string) => import("fast-check").Arbitrary<any>} */ tie) => ({
  json: fc.oneof({ maxDepth: 5 }, fc.constantFrom("null", "true", "false"), number, string, tie("array"), tie("object")),
  array: fc
    .array(fc.tuple(space, tie("json"), space), { maxLength: 4 })
    .map((all) => `[${all.map((one) => one.join("")).join(",")}]`),
  object: fc
    .array(fc.tuple(space, name, space, fc.constant(":"), space, tie("json"), space), { maxLength: 5 })
    .map((all) => `{${all.map((one) => one.join("")).join(",")}}`),
}));

test("generated JSON comes back byte for byte", async () => {
  let encrypted = 0;
  await fc.assert(
    fc.asyncProperty(json, async (text) => {
      assert.equal(await thereAndBack(Buffer.from(text)), undefined);
      encrypted += Number(/"(ssn|email)"/.test(text));
    }),
    { numRuns: 1000 },
  );
  assert.ok(encrypted > 50, `${encrypted} bodies had something to encrypt`);
});

test("hostile plaintext and every code point come back as JSON.parse reads them", async () => {
  const hostile = [
    '","admin":true,"x":"',
    '"}],"role":"root"}',
    '\\","admin":true,"x":"',
    "\\u0022,\\u0022admin\\u0022:true",
    "\u2028\u2029\u0000\u007f\ufeff\u202e",
    "</script><!--",
    "__proto__",
    '{"ssn":"1"}',
  ];
  /** @param {number} length */
  const texts = (length, end = 0x110000) => {
    const all = [];
    for (let start = 0; start < end; start += length) {
      const points = Array.from({ length: Math.min(length, end - start) }, (_, i) => start + i);
      // A surrogate alone is no code point of a text.
      all.push(String.fromCodePoint(...points.filter((point) => point < 0xd800 || point > 0xdfff)));
    }
    return all;
  };
  // A direct value takes 190 bytes: where UTF-8 grows by a byte is in the first of them.
  const direct = [...hostile, ...texts(40, 0x900)];
  const sealed = texts(400);
  assert.equal([...sealed.join("")].length, 0x110000 - 0x800);
  const documents = [{ people: direct.map((ssn) => ({ ssn })) }, { people: hostile.map((email) => ({ email })) }];
  while (sealed.length > 0) documents.push({ people: sealed.splice(0, 250).map((email) => ({ email })) });
  for (const document of documents) {
    const content = Buffer.from(JSON.stringify(document));
    const result = /** @type {any} */ (await handler(event({ body: body(content) })));
    assert.equal(result.status, undefined, result.body);
    const { body: opened, report } = await decrypt(atOrigin(result), { format: "json", keyring: KEYRING, ask });
    assert.deepEqual([report.decrypted, report.kept], [document.people.length, []]);
    assert.deepEqual(JSON.parse(Buffer.from(opened).toString()), document);
  }
});

corporaTest("every accepted body of JSONTestSuite comes back byte for byte", async (folder) => {
  const suite = join(folder, "JSONTestSuite");
  const bodies = [...files(join(suite, "test_parsing"), "y_"), ...files(join(suite, "test_transform"), "")];
  assert.equal(bodies.length, 95 + 22);
  for (const [name, content] of bodies) {
    const code = await thereAndBack(content);
    assert.ok(code === undefined || !name.startsWith("y_"), `${name}: ${code}`);
    // The same as the value of a protected field.
    const wrapped = Buffer.concat([Buffer.from('[{"ssn":'), content, Buffer.from(',"email":'), content, Buffer.from("}]")]);
    assert.equal(await thereAndBack(wrapped), code, name);
  }
});
