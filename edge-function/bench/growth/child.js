// Requests that differ in one thing. Prints JSON.

import { createOriginRequestHandler } from "../../src/lambda-edge.js";
import { publicPem } from "../../support/keys.js";
import { subject, takeTurns } from "../clock.js";
import { eventOf } from "../event.js";
import { records } from "../people.js";
import { argument } from "../process.js";
import { measured, nothing } from "../results.js";
import { BY_NESTING, BY_RULES, BY_SIZE, BY_VALUES } from "../suites/growth.js";

/** @type {{ settings: import("../clock.js").Settings }} */
const { settings } = argument();
const part = nothing();

await grow(BY_SIZE, [1, 4, 16, 64, 256, 980], (kilobytes) => {
  const body = records(kilobytes * 1000, 0);
  return { "EdgeSeal, no value": request(policy(1, "direct"), body, false), "JSON.parse, stringify": () => JSON.stringify(JSON.parse(body)) };
});
const [small, large] = [records(1000, 0), records(980_000, 0)];
// Not by turns: what is left of large bodies, the engine frees while others have their turn.
const RULES = [1, 10, 100, 1000];
await grow(BY_RULES, RULES, (rules) => ({ "980 kB, no value": request(policy(rules, "direct"), large, false) }));
await grow(BY_RULES, RULES, (rules) => ({ "1 kB, no value": request(policy(rules, "direct"), small, false) }));
await grow(BY_VALUES, [1, 10, 100, 300, 900], (values) => {
  const body = JSON.stringify(Array(values).fill({ ssn: "078-05-1120" }));
  return { direct: request(policy(1, "direct"), body, true), envelope: request(policy(1, "envelope"), body, true) };
});
await grow(BY_NESTING, [1, 4, 16, 64, 120], (depth) => {
  const nested = `${"[".repeat(depth - 1)}"abcdef"${"]".repeat(depth - 1)}`;
  const body = `[${Array(Math.floor(100_000 / (nested.length + 1))).fill(nested).join(",")}]`;
  return { EdgeSeal: request(policy(1, "direct"), body, false), "JSON.parse, stringify": () => JSON.stringify(JSON.parse(body)) };
});
console.log(JSON.stringify(part));

/**
 * All steps and lines of a group take turns.
 * @param {string} group
 * @param {number[]} steps
 * @param {(step: number) => Record<string, () => unknown>} works
 */
async function grow(group, steps, works) {
  const cases = steps.flatMap((step) => Object.entries(works(step)).map(([name, work]) => ({ step, name, work })));
  const times = await takeTurns(cases.map(({ step, name, work }) => subject(`${step} ${name}`, work)), settings);
  for (const { step, name } of cases) {
    measured(part, { group, case: String(step), subject: name, unit: "us", rounds: times.get(`${step} ${name}`) ?? [] });
  }
}

/**
 * @param {string} policy
 * @param {string} body
 * @param {boolean} isReplaced whether it should be
 */
function request(policy, body, isReplaced) {
  const handler = createOriginRequestHandler(policy, { log: () => {} });
  const data = Buffer.from(body).toString("base64");
  return async () => {
    const result = /** @type {any} */ (await handler(eventOf(data)));
    if ((result.body?.action === "replace") !== isReplaced) throw new Error("the handler did something else");
  };
}

/**
 * @param {number} rules
 * @param {"direct" | "envelope"} mode
 */
function policy(rules, mode) {
  const fields = Array.from({ length: rules }, (_, i) => ({ name: `rule-${i}`, path: `$..${i === 0 ? "ssn" : `secret${i}`}`, key: "pii", mode }));
  return JSON.stringify({ version: 1, keys: { pii: { public_key: publicPem("rsa2048-a") } }, fields });
}
