// What many measurements come to.

/** @param {number[]} numbers */
export function median(numbers) {
  return quantile(numbers, 0.5);
}

/**
 * The number below which that share of the numbers lies, between two of them if need be.
 * @param {number[]} numbers
 * @param {number} share 0 to 1
 */
export function quantile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/**
 * The middle of numbers, and what half of them lie between.
 * @param {number[]} numbers
 */
export function spread(numbers) {
  return { middle: median(numbers), low: quantile(numbers, 0.25), high: quantile(numbers, 0.75) };
}

/**
 * Round by round: a machine that is slow for one round is slow for both.
 * @param {number[]} some
 * @param {number[]} others
 * @param {(a: number, b: number) => number} combine
 */
export function pairwise(some, others, combine) {
  if (some.length !== others.length) throw new RangeError("there are not as many rounds of one as of the other");
  return some.map((number, i) => combine(number, others[i] ?? NaN));
}
