// Puts another generator in the place of the host's, for the time of one call.

/**
 * @template T
 * @param {(bytes: Uint8Array) => void} fill
 * @param {() => T | Promise<T>} work
 */
export async function withRandom(fill, work) {
  const getRandomValues = crypto.getRandomValues;
  crypto.getRandomValues = (array) => {
    fill(/** @type {Uint8Array} */ (/** @type {unknown} */ (array)));
    return array;
  };
  try {
    return await work();
  } finally {
    crypto.getRandomValues = getRandomValues;
  }
}

/**
 * A generator that gives the same bytes, however few it is asked for at a time.
 * @param {Uint8Array[]} pieces one after the other
 * @returns {{ fill: (bytes: Uint8Array) => void, calls: number[] }} what to give to `withRandom`, and how much it was asked for
 */
export function streamOf(pieces) {
  const stream = Buffer.concat(pieces);
  /** @type {number[]} */
  const calls = [];
  let used = 0;
  return {
    calls,
    fill(bytes) {
      calls.push(bytes.length);
      if (used + bytes.length > stream.length) throw new Error("the random bytes are used up");
      bytes.set(stream.subarray(used, (used += bytes.length)));
    },
  };
}
