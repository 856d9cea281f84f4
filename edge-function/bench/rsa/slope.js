// The cost of one more direct value: one RSA operation, drawing its seed, its base64 and splicing it in.

import { publicPem } from "../../support/keys.js";
import { subject } from "../clock.js";
import { pairwise } from "../statistics.js";

/** How many values there are more, in what takes longer. */
const MORE = 24;

/**
 * The two subjects that the slope is between.
 * @param {string} name
 * @param {(policy: string) => (body: Uint8Array) => unknown} open makes what encrypts by a policy
 * @param {string} key
 */
export function slopeSubjects(name, open, key) {
  const policy = { version: 1, keys: { pii: { public_key: publicPem(key) } }, fields: [{ name: "ssn", path: "$[*].ssn", key: "pii" }] };
  const encrypt = open(JSON.stringify(policy));
  const [few, many] = [1, 1 + MORE].map((count) => Buffer.from(JSON.stringify(Array(count).fill({ ssn: "078-05-1120" }))));
  if (few === undefined || many === undefined) throw new Error("there are no bodies");
  return [subject(`${name}: few`, () => encrypt(few)), subject(`${name}: many`, () => encrypt(many))];
}

/**
 * Microseconds of one more value, round by round.
 * @param {string} name
 * @param {Map<string, number[]>} times
 */
export function slope(name, times) {
  return pairwise(times.get(`${name}: many`) ?? [], times.get(`${name}: few`) ?? [], (many, few) => (many - few) / MORE);
}
