// One event through a handler, and what the oracle says of the answer.

import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { check, POLICY } from "./oracle.js";

/**
 * A handler that is asked again and again, as in Lambda.
 * @returns {(event: any) => Promise<{ error?: unknown, outcome: string }>} what is wrong, if anything is; and what became of the event
 */
export function createTrial() {
  /** @type {any[]} */
  const entries = [];
  const handle = createOriginRequestHandler(POLICY, { log: (entry) => void entries.push(entry) });
  return async (event) => {
    const text = JSON.stringify(event);
    entries.length = 0;
    try {
      const result = await handle(event);
      if (JSON.stringify(event) !== text) throw new Error("the event was changed");
      check(event, result, entries);
      return { outcome: entries[0].code ?? entries[0].outcome };
    } catch (error) {
      return { error, outcome: "found" };
    }
  };
}
