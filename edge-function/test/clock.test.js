// The clock for the age of what is kept.

import assert from "node:assert/strict";
import { test } from "node:test";

import { createClock } from "../src/core/clock.js";

/**
 * What a clock says at each of the times of two others.
 * @param {[monotonic: number, ofDay: number][]} times
 */
function said(...times) {
  let [monotonic, ofDay] = times[0] ?? [0, 0];
  const now = createClock([() => monotonic, () => ofDay]);
  return times.slice(1).map((time) => {
    [monotonic, ofDay] = time;
    return now();
  });
}

test("it goes on as far as the clock that went further", () => {
  assert.deepEqual(said([5, 1000], [6, 1001], [7, 1002]), [1, 2]);
  // The machine stood still; then the time of day was set back.
  assert.deepEqual(said([5, 1000], [6, 61_000], [16, 30_000]), [60_000, 60_010]);
});

test("it goes back where both do, and is NaN from where one is", () => {
  assert.deepEqual(said([5, 1000], [4, 998]), [-1]);
  assert.deepEqual(said([5, 1000], [6, NaN], [7, 1001]), [NaN, NaN]);
});

test("by default it follows the host's clocks", async () => {
  const now = createClock();
  const [start, before] = [performance.now(), now()];
  while (performance.now() < start + 5);
  const passed = now() - before;
  assert.ok(passed >= 4 && passed < 60_000, `${passed}`);
});
