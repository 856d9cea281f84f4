// The handler of the matrix with one fault in it, or in what is around it.

import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { body, event, headers, JSON_TYPE } from "./event.js";
import { breakInstance } from "./instance.js";
import { policyOf } from "./policy.js";
import { withRandom } from "./random.js";

const MEMBERS = {
  content_types: {
    "application/json": "json",
    "application/*+json": "json",
    "application/x-ndjson": "ndjson",
    "application/x-www-form-urlencoded": "form",
    "multipart/form-data": "multipart",
    "text/csv": "pass",
  },
};
const OF_BODIES = [{ path: "$..ssn" }];
const OF_HEADS = [{ query: "email", mode: "envelope" }, { header: "x-user" }];

/** The policy of most cells, one for bodies only, and one that does not load. */
const POLICY = policyOf([...OF_BODIES, ...OF_HEADS], MEMBERS);
const BODIES_ONLY = policyOf(OF_BODIES, MEMBERS);
const REFUSED = policyOf([{ path: "ssn" }], MEMBERS);

const HEALTHY = event({ headers: headers(JSON_TYPE), body: body('{"ssn":"0"}') });

/** @typedef {import("../types/lambda-edge.d.ts").Log} Log */

/**
 * @param {string} fault of the handler, or anything else for none
 * @param {Log} [log]
 * @returns {(event: any) => Promise<any>}
 */
export function createFaulty(fault, log = () => {}) {
  switch (fault) {
    case "trap":
      return trapping(log);
    case "randomness throws":
      return withGenerator(createOriginRequestHandler(POLICY, { log }), () => {
        throw new Error("no entropy");
      });
    case "randomness is zeros":
      return withGenerator(createOriginRequestHandler(POLICY, { log }), (bytes) => void bytes.fill(0));
    case "policy refused":
      return createOriginRequestHandler(REFUSED, { log });
    case "module missing":
      return createOriginRequestHandler(POLICY, { log, module: Promise.reject(new Error("no file")) });
    case "log throws":
      return createOriginRequestHandler(POLICY, { log: (entry) => throwing(log, entry) });
    case "bodies only":
      return createOriginRequestHandler(BODIES_ONLY, { log });
    default:
      return createOriginRequestHandler(POLICY, { log });
  }
}

/** @param {Log} log */
function trapping(log) {
  let isQuiet = false;
  const handler = createOriginRequestHandler(POLICY, { log: (entry) => (isQuiet ? undefined : log(entry)) });
  return async (/** @type {any} */ event) => {
    await heal();
    breakInstance();
    const result = await handler(event);
    // Nobody else shall find the broken instance, if this request did not.
    await heal();
    return result;
  };

  async function heal() {
    isQuiet = true;
    for (let i = 0; i < 2; i += 1) await handler(HEALTHY);
    isQuiet = false;
  }
}

/**
 * @param {(event: any) => Promise<any>} handler
 * @param {(bytes: Uint8Array) => void} fill
 */
function withGenerator(handler, fill) {
  return (/** @type {any} */ event) => withRandom(fill, () => handler(event));
}

/**
 * @param {Log} log
 * @param {Parameters<Log>[0]} entry
 */
async function throwing(log, entry) {
  await log(entry);
  throw new Error("no log");
}
