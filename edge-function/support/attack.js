// What an attacker sends, and what an origin gets of it.

import assert from "node:assert/strict";

import { decrypt } from "../src/decrypt.js";
import { atOrigin, body, headers, JSON_TYPE } from "./event.js";
import { ask, KEYRING } from "./policy.js";
import { sender } from "./send.js";

/**
 * What a request has beside its body: its content type, further headers, and members of the event's request.
 * @typedef {{ type?: string, fields?: [string, string][] } & Record<string, unknown>} Sent
 */

/**
 * A function that sends bodies under a policy. It gives what is said (an outcome, or code and status), and the bytes that the origin gets:
 * none of a request that is refused.
 * @param {string} policy
 * @param {import("../types/lambda-edge.d.ts").Options} [options]
 */
export function attacker(policy, options) {
  const send = sender(policy, options);
  return async (/** @type {string | Uint8Array} */ content, /** @type {Sent} */ { type = JSON_TYPE[1], fields = [], ...request } = {}) => {
    const given = { headers: headers(["Content-Type", type], ...fields), body: body(content), ...request };
    const { result, said, entry } = await send(given);
    if (entry.outcome === "refused") assert.equal(typeof result.body, "string");
    return { said, entry, result, got: atOrigin(result), text: atOrigin(result).toString() };
  };
}

/**
 * The text of a body that was sealed under a policy of `policyOf`.
 * @param {Uint8Array} content
 * @param {"json" | "ndjson" | "form" | "text"} [format]
 */
export async function opened(content, format = "json") {
  const { body, report } = await decrypt(content, { format, keyring: KEYRING, ask });
  assert.deepEqual(report.kept, []);
  return Buffer.from(body).toString();
}

/**
 * All orders of some things.
 * @template T
 * @param {T[]} things
 * @returns {T[][]}
 */
export function permutations(things) {
  if (things.length < 2) return [things];
  return things.flatMap((thing, i) => permutations(things.toSpliced(i, 1)).map((rest) => [thing, ...rest]));
}

/**
 * One of each list, in every way.
 * @template T
 * @param {T[][]} lists
 * @returns {T[][]}
 */
export function choices([first, ...rest]) {
  if (first === undefined) return [[]];
  return first.flatMap((one) => choices(rest).map((others) => [one, ...others]));
}
