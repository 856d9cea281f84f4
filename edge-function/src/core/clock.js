// A clock for the age of what is kept. It may be ahead, never behind.

/** A monotonic clock may stand still while its machine does, as Lambda's does between requests; the time of day may be set back. */
const CLOCKS = [() => performance.now(), () => Date.now()];

/**
 * Milliseconds since it was made, by the clock that went on further since the last time; NaN from the time on when a clock gives none.
 * @param {(() => number)[]} [clocks]
 * @returns {() => number}
 */
export function createClock(clocks = CLOCKS) {
  let [now, last] = [0, clocks.map((read) => read())];
  return () => {
    const times = clocks.map((read) => read());
    now += Math.max(...times.map((time, i) => time - /** @type {number} */ (last[i])));
    last = times;
    return now;
  };
}
