// The portable suite on this release of Node.js, and the same bytes of the handler for Lambda@Edge.

import assert from "node:assert/strict";
import { test } from "node:test";

import { loadMaterial } from "../portable/material.js";
import { digestOf, SEED, SEEDED, seededGenerator } from "../portable/seeded.js";
import { run } from "../portable/suite.js";
import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { loadModule } from "../src/module.js";
import { atOrigin, body, event, headers } from "../support/event.js";
import { withRandom } from "../support/random.js";

const material = loadMaterial();
const result = await run({ module: loadModule(), ...material });

test("the suite", () => {
  const vectors = material.vectors.flatMap(({ groups }) => groups.flatMap(({ tests }) => tests)).length;
  assert.deepEqual(result.failures, []);
  assert.ok(vectors >= 543);
  assert.equal(result.cases, vectors + 31 + 8 + 9);
});

test("with a seed, the handler for Lambda@Edge gives the bytes that the door for fetch gives", async () => {
  /** @type {Record<string, string>} */
  const digests = {};
  for (const { name, type, body: content, query, header } of SEEDED) {
    // One that has seen no request: the number of values that it has encrypted goes into later ones.
    const handler = createOriginRequestHandler(material.policy, { log: () => {} });
    /** @type {[string, string][]} */
    const fields = [["Content-Type", type], ...(header === "" ? [] : [/** @type {[string, string]} */ (["X-SSN", header])])];
    const given = event({ headers: headers(...fields), querystring: query, body: body(content) });
    const sealed = /** @type {any} */ (await withRandom(seededGenerator(SEED), () => handler(given)));
    const bytes = sealed.body.action === "replace" ? atOrigin(sealed) : Buffer.from(content);
    const [{ value = "" } = {}] = sealed.headers["x-ssn"] ?? [];
    digests[`seeded: ${name}`] = await digestOf({ body: bytes, query: sealed.querystring, header: value });
  }
  assert.deepEqual(digests, result.digests);
});
