// A trap costs one request, and no more.

import assert from "node:assert/strict";
import { test } from "node:test";

import { instancesOf } from "../src/core/instances.js";
import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { atOrigin, body, event } from "../support/event.js";
import { breakInstance, memory, withInstance } from "../support/instance.js";
import { POLICY } from "../support/policy.js";

/** @type {any[]} */
const entries = [];
const log = (/** @type {any} */ entry) => void entries.push(entry);
const person = event({ body: body('{"ssn":"078-05-1120"}') });

/** @param {(event: any) => Promise<any>} handler */
async function outcome(handler) {
  const result = await handler(person);
  const { outcome, code, error } = entries.pop();
  assert.equal(error, code === "internal" ? "RuntimeError" : undefined);
  if (outcome === "encrypted") assert.match(atOrigin(result).toString(), /^{"ssn":"__es1\.pii-1\.s\..{342}\.__"}$/);
  else assert.equal(result.status, "500");
  return code ?? outcome;
}

test("the request that traps is refused, the next one gets a fresh instance", async () => {
  const handler = createOriginRequestHandler(POLICY, { log });
  assert.equal(await outcome(handler), "encrypted");
  const before = memory();
  breakInstance();
  assert.equal(await outcome(handler), "internal");
  assert.equal(await outcome(handler), "encrypted");
  assert.equal(await outcome(handler), "encrypted");
  assert.notEqual(memory(), before);
});

test("the memory of an instance that trapped is zeroed before the request is refused", async () => {
  const handler = createOriginRequestHandler(POLICY, { log });
  assert.equal(await outcome(handler), "encrypted");
  const before = memory();
  breakInstance();
  assert.equal(await outcome(handler), "internal");
  assert.ok(isZero(before));
  assert.notEqual(memory(), before, "and a fresh one is there: what is collected now would be released in the old one");
});

test("so it is if what fails is no trap, and the failure comes out", () => {
  const before = memory();
  const failure = new Error("a failure");
  const work = () => {
    Buffer.from(memory().buffer).write("078-05-1120", 64);
    throw failure;
  };
  assert.throws(() => withInstance(work), (error) => error === failure);
  assert.ok(isZero(before));
});

test("whatever goes wrong while an instance is replaced, the first failure comes out, and the next call tries again", () => {
  let [sound, resets] = [false, 0];
  const fails = (/** @type {string} */ what) => {
    throw new Error(what);
  };
  const glue = {
    initSync: () => ({ memory: new WebAssembly.Memory({ initial: 1 }) }),
    reset: () => void ((resets += 1), sound || fails("no memory for another")),
  };
  const unreachable = { memory: { get buffer() { return { get byteLength() { return fails("no buffer"); } }; } } };
  const module = new WebAssembly.Module(Buffer.from("AGFzbQEAAAA=", "base64"));

  const call = instancesOf(glue);
  assert.throws(() => call(module, () => fails("a trap")), /^Error: a trap$/);
  assert.throws(() => call(module, () => "no instance"), /^Error: no memory for another$/);
  sound = true;
  assert.deepEqual([call(module, (generation) => generation), resets], [2, 3]);

  const other = instancesOf({ ...glue, initSync: () => /** @type {any} */ (unreachable) });
  assert.throws(() => other(module, () => fails("a trap")), /^Error: a trap$/);
});

test("another handler in the same process goes on with the fresh instance", async () => {
  const [first, second] = [createOriginRequestHandler(POLICY, { log }), createOriginRequestHandler(POLICY, { log })];
  breakInstance();
  assert.equal(await outcome(first), "internal");
  assert.equal(await outcome(second), "encrypted");
  assert.equal(await outcome(first), "encrypted");
  assert.equal(await outcome(second), "encrypted");
});

test("a trap while the policy loads is no refused policy", async () => {
  breakInstance();
  const handler = createOriginRequestHandler(POLICY, { log });
  assert.equal(await outcome(handler), "encrypted");
});

test("an exception at every access to the event refuses the request", async () => {
  const handler = createOriginRequestHandler(POLICY, { log });
  let failures = 0;
  for (let at = 1; ; at += 1) {
    let accesses = 0;
    const result = await handler(/** @type {any} */ (failing(person, () => (accesses += 1) === at)));
    const { outcome, code } = entries.pop() ?? { outcome: "encrypted" };
    assert.ok(!atOrigin(result).includes("078-05-1120"));
    if (outcome === "encrypted") break;
    assert.equal(code, "internal");
    failures += 1;
  }
  assert.ok(failures > 20, `${failures} accesses failed`);
});

/** @param {WebAssembly.Memory} memory */
function isZero({ buffer }) {
  return Buffer.from(buffer).equals(Buffer.alloc(buffer.byteLength));
}

/**
 * The same object, in which the access fails that `fails` picks.
 * @param {any} object
 * @param {() => boolean} fails
 * @returns {unknown}
 */
function failing(object, fails) {
  if (typeof object !== "object" || object === null) return object;
  const copy = Array.isArray(object) ? [] : {};
  for (const [name, value] of Object.entries(object)) {
    const inner = failing(value, fails);
    Object.defineProperty(copy, name, {
      enumerable: true,
      get() {
        if (fails()) throw new Error("078-05-1120");
        return inner;
      },
    });
  }
  return copy;
}
