// Memory that runs out: in the module, in the engine that is to make an instance of it, and of the handler itself.

import assert from "node:assert/strict";
import { test } from "node:test";

import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { atOrigin, body, event } from "../support/event.js";
import { breakInstance, memory } from "../support/instance.js";
import { firstPages, limitedModule } from "../support/patched.js";
import { policyOf } from "../support/policy.js";

const SECRET = "078-05-1120";
const POLICY = policyOf([{ path: "$..ssn", mode: "envelope" }], { limits: { max_fields: 100_000 } });
/** As long as CloudFront shows one: what is in it decides how much memory it takes. */
const MEBIBYTE = 1_048_576;
const SMALL = event({ body: body(`{"ssn":"${SECRET}"}`) });
const LARGE = event({ body: body(`{"ssn":"${SECRET}","n":"${"x".repeat(700_000)}"}`) });
const MANY = event({ body: body(`[${`{"ssn":"${SECRET}"},`.repeat(MEBIBYTE / 24 - 1)}0]`) });

/** What is made an instance of in the place of the module as it is shipped, or why there is none. @type {WebAssembly.Module | Error | undefined} */
let other;

WebAssembly.Instance = class extends WebAssembly.Instance {
  /** @param {WebAssembly.Module} module @param {WebAssembly.Imports} [imports] */
  constructor(module, imports) {
    if (other instanceof Error) throw other;
    super(other ?? module, imports);
  }
};

/** @type {any} */
let entry;
const handler = createOriginRequestHandler(POLICY, { log: (said) => void (entry = said) });

/** What becomes of a request, of which nothing goes on unless it is encrypted. @param {any} request */
async function settled(request) {
  const result = /** @type {any} */ (await handler(request));
  assert.ok(!JSON.stringify([{ ...result, body: undefined }, entry]).includes(SECRET));
  assert.ok(!atOrigin(result).includes(SECRET));
  if (entry.outcome === "refused") assert.equal(typeof result.body, "string");
  return entry.outcome === "refused" ? entry.code : entry.outcome;
}

test("a module whose memory may not grow, or a little, refuses what does not fit, whatever fits is encrypted", async () => {
  assert.equal(await settled(SMALL), "encrypted");
  const least = firstPages();
  /** @type {Record<string, string[]>} */
  const outcomes = { small: [], large: [], many: [] };
  for (const more of [0, 1, 2, 4, 8, 16, 32, 64, 128, 256]) {
    other = limitedModule(least + more);
    breakInstance();
    assert.equal(await settled(SMALL), "internal", "the one that was broken");
    for (const [name, request] of Object.entries({ small: SMALL, large: LARGE, many: MANY })) {
      outcomes[name]?.push(await settled(request));
      assert.ok(memory().buffer.byteLength <= (least + more) * 65_536);
      assert.match(await settled(SMALL), more === 0 ? /^(internal|encrypted)$/ : /^encrypted$/);
    }
  }
  // The more there is, the more fits: what did not is refused, up to where it does.
  const isRefused = (/** @type {string} */ outcome) => outcome !== "encrypted";
  for (const [name, seen] of Object.entries(outcomes)) {
    const first = seen.findIndex((outcome) => !isRefused(outcome));
    assert.ok(seen.slice(first === -1 ? seen.length : first).every((outcome) => outcome === "encrypted"), `${name}: ${seen}`);
  }
  assert.ok(outcomes.large?.includes("internal") && outcomes.large.includes("encrypted"), `${outcomes.large}`);
  assert.ok(outcomes.many?.includes("internal"), `${outcomes.many}`);
  other = undefined;
  breakInstance();
  await settled(SMALL);
  assert.equal(await settled(LARGE), "encrypted");
});

test("an engine that has no memory for an instance refuses every request, until it has", async () => {
  assert.equal(await settled(SMALL), "encrypted");
  breakInstance();
  other = new RangeError("WebAssembly.Instance(): Out of memory");
  for (let i = 0; i < 3; i += 1) assert.equal(await settled(SMALL), "internal");
  other = undefined;
  assert.equal(await settled(SMALL), "encrypted");
});

test("a body that cannot be decoded for want of memory is refused", async () => {
  const from = Buffer.from;
  Buffer.from = /** @type {any} */ (() => {
    throw new RangeError("Array buffer allocation failed");
  });
  try {
    assert.equal(/** @type {any} */ (await handler(SMALL)).status, "500");
    assert.equal(entry.code, "internal");
  } finally {
    Buffer.from = from;
  }
  assert.equal(await settled(SMALL), "encrypted");
});
