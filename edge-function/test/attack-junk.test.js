// Attacks on whoever reads: texts of what looks like tokens. The work of looking for them grows with the length of a text, whatever is in it.
// What is counted is rounds of loops and calls of functions, never time.

import assert from "node:assert/strict";
import { test } from "node:test";

import { counted, countingModule } from "../support/counting.js";
import { initSync, Scan } from "../wasm/edgeseal_decrypt.js";

initSync({ module: countingModule("edgeseal_decrypt_bg.wasm") });

const KEYRING = JSON.stringify({
  version: 1,
  keys: {
    k: { private_key_file: "k" },
    two: { private_key_file: "k", prefix: "$$", suffix: "%" },
    long: { private_key_file: "k", prefix: "(".repeat(32), suffix: ")" },
  },
});

/** @type {Record<string, string>} */
const PIECES = {
  "nothing at all": "a word ",
  underscores: "_",
  "beginnings of a prefix": "__es",
  prefixes: "__es1.",
  "prefixes of other versions": "__es99.",
  "key ids without an end": "__es1.k",
  "kinds without a body": "__es1.k.s.",
  "tokens without an end": `__es1.k.s.${"A".repeat(40)}`,
  "tokens of a wrong length": `__es1.k.s.${"A".repeat(40)}.__`,
  "envelopes without an end": `__es1.k.e.${"A".repeat(20)}.`,
  "envelopes of a wrong shape": "__es1.k.e.A.A.A.A.A.__",
  "tokens under an unknown key": `__es1.nobody.s.${"A".repeat(342)}.__`,
  "classic prefixes": "$",
  "long classic prefixes": "(",
  "classic tags of a wrong length": "$$AAAA%",
  base64: "AAAAAAAA",
  "reverse solidi": "\\\\",
};

/**
 * How a piece stands in a text of a format, and what is around all of them.
 * @type {[format: import("../wasm/edgeseal_decrypt.js").TextFormat, before: string, write: (piece: string) => string, after: string][]}
 */
const PLACES = [
  ["text", "", (piece) => piece, ""],
  ["form", "a=", (piece) => piece, ""],
  ["form", "a=", (piece) => piece.replaceAll(/[_$(.]/g, (character) => `%${character.charCodeAt(0).toString(16)}`), ""],
  ["form", "a=1", (piece) => `&${piece}=${piece}`, ""],
  ["json", '["', (piece) => piece, '"]'],
  ["json", '["', (piece) => piece.replaceAll(/[_$(.]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`), '"]'],
  ["json", "[0", (piece) => `,"${piece}"`, "]"],
  ["json", "[0", (piece) => `,{"${piece}":"${piece}"}`, "]"],
  ["ndjson", "", (piece) => `["${piece}"]\n`, ""],
];

const [SHORT, LONG] = [1 << 15, 1 << 17];

/** @param {import("../wasm/edgeseal_decrypt.js").TextFormat} format @param {string} text */
function workOf(format, text) {
  const bytes = new TextEncoder().encode(text);
  const before = counted();
  const scan = new Scan(bytes, format, KEYRING);
  try {
    assert.equal(scan.ciphertexts().length, 0, "nobody is asked for junk");
    scan.splice([]);
  } finally {
    scan.free();
  }
  return counted() - before;
}

test("the work of looking for tokens is in proportion to the length of a text, whatever junk is in it", () => {
  for (const [format, before, write, after] of PLACES) {
    for (const [kind, piece] of Object.entries(PIECES)) {
      const written = write(piece);
      const text = (/** @type {number} */ length) => `${before}${written.repeat(Math.floor(length / written.length))}${after}`;
      const [short, long] = [workOf(format, text(SHORT)), workOf(format, text(LONG))];
      assert.ok(long < 4.6 * short + 10_000, `${kind} in ${format}, ${written.slice(0, 20)}: ${short}, ${long}`);
      // Calls are work, too, and how many there are is up to the compiler: what is quadratic has a thousand times as many.
      assert.ok(long < 520 * LONG, `${kind} in ${format}: ${long / LONG} for each byte`);
    }
  }
});

test("nesting is followed to 1,024 arrays and objects, and not one further", () => {
  for (const [open, close] of [["[", "]"], ['{"a":', "}"]]) {
    for (const [depth, fits] of /** @type {[number, boolean][]} */ ([[1_023, true], [1_024, true], [1_025, false]])) {
      const work = () => workOf("json", `${open?.repeat(depth)}0${close?.repeat(depth)}`);
      if (fits) work();
      else assert.throws(work, { code: "json_too_deep" });
    }
  }
});
