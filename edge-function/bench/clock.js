// Times of repeated work. For runtimes whose clock goes on while they work.

const WARM_UP = 300;
const BATCH = 60;
const BATCHES = 9;

/**
 * The time of one call, in microseconds: the median of batches, when it is warm.
 * @param {() => unknown} work
 */
export async function steady(work) {
  await batch(work, WARM_UP);
  const means = [];
  for (let i = 0; i < BATCHES; i += 1) means.push(await batch(work, BATCH));
  return median(means) * 1000;
}

/**
 * The mean time of calls, in milliseconds.
 * @param {() => unknown} work
 * @param {number} milliseconds for how long
 */
async function batch(work, milliseconds) {
  const start = performance.now();
  let calls = 0;
  let elapsed = 0;
  do {
    await work();
    calls += 1;
    elapsed = performance.now() - start;
  } while (elapsed < milliseconds);
  return elapsed / calls;
}

/** @param {number[]} numbers */
export function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}
