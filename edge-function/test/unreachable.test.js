// A trap anywhere in the module, and a failure of anything that it calls: the request is refused, and nothing of it goes on.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";

import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { atOrigin, body, event, headers, JSON_TYPE } from "../support/event.js";
import { breakInstance, memory } from "../support/instance.js";
import { functionCount, trappingModule } from "../support/patched.js";
import { policyOf } from "../support/policy.js";

// Each of hundreds of modules serves two requests: nobody has time to optimise them.
setFlagsFromString("--liftoff-only");

const SECRET = "078-05-1120";
const RULES = [{ path: "$..ssn" }, { path: "$..email", mode: "envelope" }, { query: "ssn", mode: "envelope" }, { header: "x-ssn", mode: "envelope" }];
const POLICY = policyOf(RULES, { leftovers: { min_chars: 4, action: "report" } });
const PERSON = event({
  querystring: `a=1&ssn=${SECRET}`,
  headers: headers(JSON_TYPE, ["X-SSN", SECRET]),
  body: body(`{"ssn":"${SECRET}","email":"\\u0030${SECRET}"}`),
});

/** What the imports of every instance of this process do before they do their work. @type {(name: string) => void} */
let calling = () => {};
/** What is made an instance of in the place of the module as it is shipped. @type {WebAssembly.Module | undefined} */
let patched;

WebAssembly.Instance = class extends WebAssembly.Instance {
  /** @param {WebAssembly.Module} module @param {WebAssembly.Imports} [imports] */
  constructor(module, imports = {}) {
    for (const functions of Object.values(imports)) {
      for (const [name, original] of Object.entries(functions)) {
        functions[name] = (/** @type {unknown[]} */ ...given) => {
          calling(name);
          return Reflect.apply(/** @type {Function} */ (original), undefined, given);
        };
      }
    }
    super(patched ?? module, imports);
  }
};

/** @type {any[]} */
const entries = [];
const log = (/** @type {any} */ entry) => void entries.push(entry);

test("a trap in any function of the module refuses the request, and nothing of it goes on", async () => {
  const handler = createOriginRequestHandler(POLICY, { log });
  let trapped = 0;
  const count = functionCount();
  for (let i = 0; i <= count; i += 1) {
    patched = i < count ? trappingModule([i]) : undefined;
    // The instance that breaks is replaced by one of the other module.
    if (isThere()) breakInstance();
    await settled(handler);
    trapped += Number((await settled(handler)).outcome === "refused");
  }
  assert.equal((await settled(handler)).outcome, "encrypted", "with the sound module");
  assert.ok(trapped > count / 4 && trapped < count, `${trapped} of ${count} functions are called`);
});

test("a failure of any import, at any call, refuses the request, and the next one is encrypted", async () => {
  const handler = createOriginRequestHandler(POLICY, { log });
  assert.equal((await settled(handler)).outcome, "encrypted");
  const calls = await importsCalled(handler);
  assert.ok(calls.some((name) => name.includes("getRandomValues")) && calls.length > 10, `${calls}`);
  for (const failure of [new WebAssembly.RuntimeError("unreachable"), new RangeError(SECRET), SECRET, undefined]) {
    for (let at = 1; at <= calls.length; at += 1) {
      let count = 0;
      calling = () => {
        count += 1;
        if (count === at) throw failure;
      };
      const { outcome, code } = await settled(handler);
      calling = () => {};
      assert.deepEqual([outcome, code], ["refused", "internal"], `call ${at}, of ${calls[at - 1]}`);
      assert.equal((await settled(handler)).outcome, "encrypted");
    }
  }
});

/** Whether there is an instance: one whose start traps never is. */
function isThere() {
  try {
    return memory() !== undefined;
  } catch {
    return false;
  }
}

/**
 * What is logged of a request, once it is certain that nothing of it went on.
 * @param {(event: any) => Promise<any>} handler
 */
async function settled(handler) {
  const result = await handler(PERSON);
  const entry = entries.pop();
  entries.length = 0;
  assert.ok(!JSON.stringify([result, entry]).includes(SECRET));
  assert.ok(!atOrigin(result).includes(SECRET));
  if (entry.outcome === "refused") assert.ok(["500", "503"].includes(result.status), result.status);
  else assert.equal(atOrigin(result).toString().match(/__es1\./g)?.length, 2);
  return entry;
}

/**
 * The imports that a sound request calls, in order.
 * @param {(event: any) => Promise<any>} handler
 */
async function importsCalled(handler) {
  /** @type {string[]} */
  const names = [];
  calling = (name) => void names.push(name);
  await settled(handler);
  calling = () => {};
  return names;
}
