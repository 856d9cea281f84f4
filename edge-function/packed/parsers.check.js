// Forms, held against parsers that are not ours.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import fc from "fast-check";

import { agree } from "./parsers/agreement.js";
import { createEdge, createQueryEdge } from "./parsers/edge.js";
import { forms, queries } from "./parsers/fields.js";
import { FOUND_IN_FORMS, FOUND_IN_PARTS } from "./parsers/found.js";
import { multiparts } from "./parsers/parts.js";
import { endPython } from "./parsers/python.js";
import { OF_FORMS, OF_PARTS, OF_QUERIES } from "./parsers/readers.js";

after(endPython);

/** @typedef {{ edge: import("./parsers/edge.js").Edge, isProtected: (path: string[]) => boolean }} Policy */

/** @type {Policy} */
const exact = { edge: createEdge({ path: "$..ssn" }), isProtected: (path) => path.includes("ssn") };
const isFolded = (/** @type {string | undefined} */ name = "") => /^ssn$/iu.test(name);
/** @type {Policy} */
const folded = { edge: createEdge({ path: "$..ssn", match: "ignore-case" }), isProtected: (path) => path.some(isFolded) };
/** @type {Policy} */
const ofQuery = { edge: createQueryEdge({ query: "ssn", match: "ignore-case" }), isProtected: ([name]) => isFolded(name) };

const RUNS = 1_200;

/** @type {[name: string, policy: Policy, readers: import("./parsers/readers.js").Named[], bodies: typeof forms][]} */
const PROPERTIES = [
  ["forms", exact, OF_FORMS, forms],
  ["forms, whatever the case of names", folded, OF_FORMS, forms],
  ["query strings", ofQuery, OF_QUERIES, queries],
  ["multipart", exact, OF_PARTS, multiparts],
  ["multipart, whatever the case of names", folded, OF_PARTS, multiparts],
];

for (const [name, { edge, isProtected }, readers, bodies] of PROPERTIES) {
  test(name, async () => {
    const outcomes = { "refused": 0, "as it was": 0, "sealed": 0 };
    const property = fc.asyncProperty(bodies, async (request) => {
      outcomes[await agree(edge, isProtected, readers, request)] += 1;
    });
    await fc.assert(property, { numRuns: RUNS, includeErrorInReport: true });
    // Most odd bodies are refused; but if nearly all were, nothing would be tested.
    assert.ok(outcomes.sealed > RUNS / 10, JSON.stringify(outcomes));
  });
}

/** @type {[name: string, found: [body: string, contentType: string][], readers: import("./parsers/readers.js").Named[]][]} */
const FOUND = [
  ["forms", FOUND_IN_FORMS, OF_FORMS],
  ["multipart", FOUND_IN_PARTS, OF_PARTS],
];

for (const [name, found, readers] of FOUND) {
  test(`${name} in which some parser has found more than the edge`, async () => {
    for (const [body, contentType] of found) {
      const outcome = await agree(exact.edge, exact.isProtected, readers, [Buffer.from(body), contentType]);
      assert.notEqual(outcome, "as it was", `${contentType}\n${body}`);
    }
  });
}
