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
