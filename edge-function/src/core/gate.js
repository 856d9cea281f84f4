// The gate: every request ends in "what the policy names is encrypted", "there is nothing to encrypt", or a refusal. The doors of the
// runtimes lead to it.

import { decide } from "./decide.js";
import { findHostCrypto } from "./host-rsa.js";
import { print, withMetrics, write } from "./log.js";
import { checkOptions } from "./options.js";
import { problem, refusal, toRefusal } from "./refusal.js";
import { Sealer } from "./sealer.js";

/**
 * What a door does: it reads a request of its runtime, and says what became of it in the runtime's words.
 * @template In
 * @template Out
 * @typedef {object} Door
 * @property {(input: In) => import("./request.js").Request | Promise<import("./request.js").Request>} read may throw a `Refusal`
 * @property {(input: In, request: import("./request.js").Request, changes: import("./request.js").Changes) => Out} forward the
 *   bytes of the request's body are zeroed after it; those of the changes are its own
 * @property {(input: In, problem: import("./refusal.js").Problem) => Out} refuse
 * @property {(input: In) => string | undefined} [requestId] for the log
 */

/**
 * @typedef {object} Settings
 * @property {WebAssembly.Module | PromiseLike<WebAssembly.Module> | (() => WebAssembly.Module)} module
 * @property {number} [largestOutput] the most that the platform takes, and the default
 * @property {import("./request.js").HeadLimits} [headLimits]
 */

/**
 * @template In
 * @template Out
 * @param {string} policy
 * @param {import("../../types/options.d.ts").Options} options
 * @param {Settings} settings
 * @param {Door<In, Out>} door
 * @returns {(input: In) => Promise<Out>} never rejects, unless the door cannot even refuse
 */
export function createGate(policy, options, { module, largestOutput, headLimits }, door) {
  if (typeof policy !== "string") throw new TypeError("expected the text of a policy");
  checkOptions(options, largestOutput);
  const { log = print, metrics, countHeader, hostRsa, maxOutputBytes = largestOutput } = options;
  const sealer = new Sealer(policy, maxOutputBytes, findHostCrypto(hostRsa));
  let loading = load(sealer, module, log);
  let coldStart = true;

  return async (input) => {
    const start = performance.now();
    const isFirst = coldStart;
    coldStart = false;
    if (loading !== undefined) {
      await loading;
      loading = undefined;
    }
    const { outcome, counts, result } = await settle(input);
    const entry = {
      outcome,
      ...counts,
      microseconds: Math.round((performance.now() - start) * 1000),
      policy: sealer.digest,
      cold_start: isFirst,
      request_id: requestId(input),
    };
    await write(log, metrics === "emf" ? withMetrics(entry) : entry);
    return result;
  };

  /**
   * What becomes of a request, whatever happens on the way.
   * @param {In} input
   * @returns {Promise<{ outcome: import("../../types/log.d.ts").LogEntry["outcome"], counts: Record<string, unknown>, result: Out }>}
   */
  async function settle(input) {
    /** @type {import("./request.js").Request | undefined} */
    let request;
    try {
      sealer.load();
      request = await door.read(input);
      const { outcome, counts, changes } = await decide(request, sealer, { countHeader, headLimits });
      return { outcome, counts, result: door.forward(input, request, changes) };
    } catch (error) {
      const refused = toRefusal(error);
      const { code, status } = refused;
      const cause = {
        ...(sealer.refused && { policy_error: sealer.refused }),
        ...(code === "internal" && { error: className(error) }),
      };
      return { outcome: "refused", counts: { code, status, ...cause }, result: door.refuse(input, problem(refused)) };
    } finally {
      request?.body?.fill(0);
    }
  }

  /** @param {In} input */
  function requestId(input) {
    try {
      return door.requestId?.(input);
    } catch {
      return undefined;
    }
  }
}

/** What kind of error it is: a message might hold anything. @param {unknown} error */
function className(error) {
  return error instanceof Error ? error.constructor.name : typeof error;
}

/**
 * Loads the policy before the first request, if the module is there. What fails is said at once, and refuses every request.
 * @param {Sealer} sealer
 * @param {Settings["module"]} module
 * @param {import("../../types/log.d.ts").Log} log
 */
function load(sealer, module, log) {
  try {
    const given = typeof module === "function" ? module() : module;
    return given instanceof WebAssembly.Module ? start(given) : Promise.resolve(given).then(start, giveUp);
  } catch {
    return giveUp();
  }

  /** @param {WebAssembly.Module} module */
  function start(module) {
    sealer.use(module);
    try {
      sealer.load();
    } catch {
      return complain();
    }
    return undefined;
  }

  function giveUp() {
    sealer.refuse("io_failed");
    return complain();
  }

  function complain() {
    const { code, status } = refusal("policy_refused");
    const policy_error = sealer.refused ?? { code: "internal" };
    return write(log, { outcome: "not_loaded", code, status, policy_error, microseconds: 0, cold_start: true });
  }
}
