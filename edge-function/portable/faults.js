// Faults: the request is refused, and the next one is encrypted.

import { createRequestSealer } from "../src/fetch.js";
import { withRandom } from "../support/random.js";
import { initSync } from "../wasm/edgeseal.js";
import { expectEqual } from "./expect.js";

/** @typedef {(request: Request) => Promise<Request | Response>} Seal */

/**
 * @param {import("./suite.js").Context} context
 * @returns {import("./suite.js").Case[]}
 */
export function faultCases({ module, policy }) {
  const sealer = (text = policy, /** @type {Partial<import("../types/fetch.d.ts").RequestSealerOptions>} */ options = {}) =>
    createRequestSealer(text, { module, log: () => {}, ...options });
  /** @type {[name: string, work: () => Promise<void>][]} */
  const cases = [
    ["a trap", async () => {
      const seal = sealer();
      await expectOutcome(seal, "sealed");
      // No pointer in its memory leads anywhere.
      new Uint8Array(initSync(/** @type {any} */ (undefined)).memory.buffer).fill(0xff);
      await expectOutcome(seal, "500 internal");
      await expectOutcome(seal, "sealed");
    }],
    ["randomness throws", () => withGenerator(sealer(), () => {
      throw new Error("no entropy");
    })],
    ["randomness is zeros", () => withGenerator(sealer(), (bytes) => void bytes.fill(0))],
    ["randomness repeats itself", () => withGenerator(sealer(), (bytes) => void bytes.fill(7))],
    ["the policy is refused", () => expectOutcome(sealer("{}"), "503 policy_refused")],
    ["there is no module", () => expectOutcome(sealer(policy, { module: Promise.reject(new Error("no file")) }), "503 policy_refused")],
    ["the module comes later", () => expectOutcome(sealer(policy, { module: Promise.resolve(module) }), "sealed")],
    ["the log throws", () => expectOutcome(sealer(policy, { log: () => Promise.reject(new Error("no log")) }), "sealed")],
    ["the body was read", async () => {
      const request = requestOf();
      await request.text();
      await expectOutcome(sealer(), "500 internal", request);
    }],
  ];
  return cases.map(([name, work]) => ({ name: `fault: ${name}`, work }));
}

/**
 * @param {Seal} seal
 * @param {(bytes: Uint8Array) => void} fill
 */
async function withGenerator(seal, fill) {
  await withRandom(fill, () => expectOutcome(seal, "503 randomness_failed"));
  await expectOutcome(seal, "sealed");
}

function requestOf() {
  const headers = { "content-type": "application/json" };
  return new Request("https://api.example/", { method: "POST", headers, body: '[{"ssn":"a"},{"ssn":"b"}]' });
}

/**
 * @param {Seal} seal
 * @param {string} expected
 */
async function expectOutcome(seal, expected, request = requestOf()) {
  const result = await seal(request);
  const said = result instanceof Response ? `${result.status} ${(await result.json()).code}` : "sealed";
  expectEqual(said, expected, "outcome");
  if (!(result instanceof Response)) expectEqual((await result.text()).match(/__es1\.pii-1\.s\./g)?.length, 2, "tokens");
}
