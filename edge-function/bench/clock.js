// Times of repeated work, for runtimes whose clock goes on while they work. Everything that is compared takes turns.
//
// In Node.js times are processor time of the whole process, with its threads: it does not depend on what else the machine does, counts what somebody leaves
// to a thread pool, and is what a function with a share of a processor waits for. Elsewhere they are time on the clock.

import { median } from "./statistics.js";

/**
 * Something that is measured: `run` does it so many times, and gives the milliseconds that it took.
 * @typedef {{ name: string, run: (count: number) => number | Promise<number> }} Subject
 *
 * How long: rounds, and how many milliseconds a turn and the warm-up of a subject take at least.
 * @typedef {{ rounds: number, turn: number, warmUp: number }} Settings
 */

/** @type {Settings} */
export const THOROUGH = { rounds: 15, turn: 40, warmUp: 200 };
/** @type {Settings} */
export const QUICK = { rounds: 3, turn: 10, warmUp: 50 };

/** Where one time of everything takes longer than this, in milliseconds, there are fewer rounds. */
const SLOW = 400;
const SLOW_ROUNDS = 5;

/** Turns are as long as the last but one, give or take this: then V8 has compiled what it will compile. */
const STEADY = 0.05;
const WARM_UPS_AT_MOST = 6;

/**
 * @param {string} name
 * @param {() => unknown} work
 * @returns {Subject}
 */
export function subject(name, work) {
  return {
    name,
    async run(count) {
      const start = now();
      for (let i = 0; i < count; i += 1) await work();
      return now() - start;
    },
  };
}

/**
 * Microseconds of one time, by subject and round. In each round every subject has its turn, and each round begins with another one.
 * @param {Subject[]} subjects
 * @param {Settings} settings
 * @returns {Promise<Map<string, number[]>>}
 */
export async function takeTurns(subjects, { rounds, turn, warmUp }) {
  /** @type {{ name: string, time: number, count: number, run: Subject["run"], times: number[] }[]} */
  const warm = [];
  for (const { name, run } of subjects) {
    const time = await settle(run, warmUp);
    warm.push({ name, run, time, count: Math.max(1, Math.ceil(turn / time)), times: [] });
  }
  const once = warm.reduce((sum, { time }) => sum + time, 0);
  const enough = once > SLOW ? Math.min(rounds, SLOW_ROUNDS) : rounds;
  for (let round = 0; round < enough; round += 1) {
    const first = round % warm.length;
    for (const { run, count, times } of [...warm.slice(first), ...warm.slice(0, first)]) {
      collectGarbage();
      times.push(((await run(count)) / count) * 1000);
    }
  }
  return new Map(warm.map(({ name, times }) => [name, times]));
}

/**
 * Microseconds of one time, alone.
 * @param {() => unknown} work
 * @param {Settings} settings
 */
export async function steady(work, settings) {
  const times = await takeTurns([subject("", work)], settings);
  return median(times.get("") ?? []);
}

/**
 * Repeats until it takes no less time than before; gives the milliseconds of one time.
 * @param {Subject["run"]} run
 * @param {number} warmUp
 */
async function settle(run, warmUp) {
  let last = Infinity;
  for (let i = 0; i < WARM_UPS_AT_MOST; i += 1) {
    const time = await mean(run, warmUp / 2);
    if (i > 0 && time > last * (1 - STEADY)) return Math.min(time, last);
    last = time;
  }
  return last;
}

/**
 * @param {Subject["run"]} run
 * @param {number} milliseconds for how long
 */
async function mean(run, milliseconds) {
  let count = 1;
  let times = 0;
  let elapsed = 0;
  while (elapsed < milliseconds) {
    // A clock may stand still for a moment.
    elapsed += Math.max(await run(count), 0.001);
    times += count;
    count = Math.min(count * 2, Math.max(1, Math.ceil(((milliseconds - elapsed) * times) / elapsed)));
  }
  return elapsed / times;
}

/** Milliseconds. */
function now() {
  const usage = globalThis.process?.cpuUsage?.();
  return usage === undefined ? performance.now() : (usage.user + usage.system) / 1000;
}

/** So that nobody pays for what somebody else has left. Node.js has it with `--expose-gc`. */
function collectGarbage() {
  const { gc } = /** @type {{ gc?: () => void }} */ (globalThis);
  gc?.();
}
