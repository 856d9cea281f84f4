// A clock for the age of what is kept. It may be ahead, never behind.

/** A monotonic clock may stand still while its machine does, as Lambda's does between requests; the time of day may be set back. */
const CLOCKS = [() => performance.now(), () => Date.now()];

/**
 * Milliseconds since it was made, by the clock that went on further since the last time; NaN from the time on when a clock gives none.
 * @param {(() => number)[]} [clocks]
 * @returns {() => number}
 */
export function createClock(clocks = CLOCKS) {
  const last = clocks.map((read) => read());
  const times = [...last];
  let now = 0;
  return () => {
    for (const [i, read] of clocks.entries()) times[i] = read();
    let passed = -Infinity;
    for (const [i, time] of times.entries()) {
      passed = Math.max(passed, time - /** @type {number} */ (last[i]));
      last[i] = time;
    }
    now += passed;
    return now;
  };
}
