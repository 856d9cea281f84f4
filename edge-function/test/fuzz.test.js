// Events that a fuzzer makes, and those that once were findings. `cargo xtask fuzz cloudfront_event` tries more of them.

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { createEvent } from "../fuzz/events.js";
import { sentinel } from "../fuzz/oracle.js";
import { createRandom } from "../fuzz/random.js";
import { createTrial } from "../fuzz/trying.js";

const REGRESSIONS = new URL("../fuzz/regressions/", import.meta.url);
const EVENTS = 500;

const tried = createTrial();

for (const name of existsSync(REGRESSIONS) ? readdirSync(REGRESSIONS) : []) {
  test(`${name} is answered as it may be`, async () => {
    const { error } = await tried(JSON.parse(readFileSync(new URL(name, REGRESSIONS), "utf8")));
    assert.ifError(error);
  });
}

test("whatever the event, the answer is one that may be given", async () => {
  const outcomes = new Set();
  for (let seed = 0; seed < EVENTS; seed++) {
    let number = 0;
    const event = createEvent(createRandom(seed), () => sentinel(number++));
    const { error, outcome } = await tried(event);
    assert.ifError(error);
    outcomes.add(outcome);
  }
  // They go many ways, or the others would prove little.
  for (const outcome of ["encrypted", "unchanged", "event_invalid", "json_invalid", "form_invalid", "query_invalid", "body_truncated"]) {
    assert.ok(outcomes.has(outcome), outcome);
  }
});
