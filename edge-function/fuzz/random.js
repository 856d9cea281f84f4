// Choices that are alike in every run with the same seed.

/** @typedef {ReturnType<typeof createRandom>} Random */

/**
 * mulberry32.
 * @param {number} seed a whole number of 32 bits
 */
export function createRandom(seed) {
  let state = seed >>> 0;

  /** A fraction below 1. */
  function next() {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number below `most`. @param {number} most */
  const below = (most) => Math.floor(next() * most);

  return {
    below,
    /** Whether something happens that happens once in so many times. @param {number} times */
    once: (times) => below(times) === 0,
    /**
     * @template T
     * @param {readonly T[]} choices
     * @returns {T}
     */
    choose: (choices) => /** @type {T} */ (choices[below(choices.length)]),
  };
}
