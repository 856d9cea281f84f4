// A handler for tests, and what it says.

import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { event } from "./event.js";

/**
 * A function that sends one request through a handler of its own: the request of the event, what became of it, and the log's entry.
 * @param {string} policy
 * @param {import("../types/lambda-edge.d.ts").Options} [options]
 */
export function sender(policy, options) {
  /** @type {import("../types/log.d.ts").LogEntry[]} */
  const entries = [];
  const handler = createOriginRequestHandler(policy, { log: (entry) => void entries.push(entry), ...options });
  return async (/** @type {Record<string, unknown>} */ request) => {
    const given = event(request);
    const result = /** @type {any} */ (await handler(given));
    const entry = /** @type {any} */ (entries.pop());
    const said = entry.outcome === "refused" ? `${entry.code} ${entry.status}` : entry.outcome;
    return { given: given.Records[0]?.cf.request, result, entry, said };
  };
}
