// What a value makes of work tells how long it is, and nothing else of it. What is counted is rounds of loops and calls of functions in the
// module as it is shipped: it has as many for each value, and for whatever is drawn for it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { counted, countingModule } from "../support/counting.js";
import { body, event } from "../support/event.js";
import { breakInstance } from "../support/instance.js";
import { publicPem } from "../support/keys.js";
import { withRandom } from "../support/random.js";

const module = countingModule();

/** Texts of 24 characters that stand in JSON as they are. */
const TEXTS = ["0".repeat(24), "z".repeat(24), " ".repeat(24), "078-05-1120 078-05-1120 ", "~!@#$%^&*()_+{}|:<>?`-=,"];
const REQUESTS = 6;
const DRAWS = 8;

for (const key of ["rsa2048-a", "rsa3072", "rsa4096"]) {
  for (const mode of ["direct", "envelope"]) {
    test(`${key}, ${mode}: what is done for a value depends on its length alone`, async () => {
      const policy = { version: 1, keys: { k: { public_key: publicPem(key) } }, fields: [{ name: "ssn", path: "$..ssn", key: "k", mode }] };
      const seen = new Set();
      for (const text of TEXTS) {
        for (let draw = 1; draw <= DRAWS; draw += 1) seen.add(`${await worksOf(JSON.stringify(policy), text, draw)}`);
      }
      assert.equal(seen.size, 1, [...seen].join("\n"));
      assert.ok(!seen.has(`${await worksOf(JSON.stringify(policy), "0".repeat(48), 1)}`));
    });
  }
}

/**
 * The work of each of some requests with a value in them, in an instance of their own: where the allocator finds room depends on what came
 * before.
 * @param {string} policy
 * @param {string} text
 * @param {number} draw what is drawn for them
 */
async function worksOf(policy, text, draw) {
  const handler = createOriginRequestHandler(policy, { module, log: () => {} });
  const given = event({ body: body(`[{"ssn":"${text}"},{"ssn":"${text}"}]`) });
  breakInstance();
  await handler(given);
  const works = [];
  // No draw begins with zero, or like the one before: whether it does is looked at, and shows.
  let draws = 0;
  const fill = (/** @type {Uint8Array} */ bytes) => {
    draws += 1;
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = ((i + draws) * (2 * draw + 1) + (i >> 3) * i) % 255 + 1;
  };
  for (let i = 0; i < REQUESTS; i += 1) {
    const before = counted();
    const result = /** @type {any} */ (await withRandom(fill, () => handler(given)));
    assert.equal(result.body?.action, "replace");
    works.push(counted() - before);
  }
  return works;
}
