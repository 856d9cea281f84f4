// What an assertion library would bring, for runtimes that have none.

/**
 * Throws unless both are the same in JSON.
 * @param {unknown} actual
 * @param {unknown} expected
 * @param {string} what
 */
export function expectEqual(actual, expected, what) {
  const [left, right] = [sorted(actual), sorted(expected)].map((value) => JSON.stringify(value));
  if (left !== right) throw new Error(`${what}: got ${shortened(left)}, expected ${shortened(right)}`);
}

/**
 * @param {boolean} condition
 * @param {string} what
 */
export function expect(condition, what) {
  if (!condition) throw new Error(`expected ${what}`);
}

/** Members in one order. @param {unknown} value @returns {unknown} */
function sorted(value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, inner]) => [name, sorted(inner)]));
}

/** @param {string | undefined} text */
function shortened(text = "undefined") {
  return text.length > 200 ? `${text.slice(0, 200)}… (${text.length} characters)` : text;
}
