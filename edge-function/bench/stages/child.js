// The stages of a request, told apart by requests that lack one of them. Prints JSON.

import { withInstance } from "../../src/core/instance.js";
import { createOriginRequestHandler } from "../../src/lambda-edge.js";
import { loadModule } from "../../src/module.js";
import { Encryptor } from "../../wasm/edgeseal.js";
import { subject, takeTurns } from "../clock.js";
import { eventOf } from "../event.js";
import { people, policyFor, records } from "../people.js";
import { argument } from "../process.js";
import { measured, nothing, ratioed } from "../results.js";
import { slope, slopeSubjects } from "../rsa/slope.js";
import { pairwise } from "../statistics.js";

const STAGES = ["handler and base64 of the body", "copy into wasm, zeroed after", "reading: parse and match", "RSA", "tokens: AEAD, base64, splicing, copy out"];
const KEY = "rsa2048-a";
const LARGE = 980_000;
/** The values of a large body. */
const VALUES = 20;

/** @type {{ settings: import("../clock.js").Settings }} */
const { settings } = argument();
const part = nothing();

await stages("1 record, direct", people(1), "direct", 6);
await stages("1 record, envelope", people(1), "envelope", 1);
await stages("10 records, envelope", people(10), "envelope", 1);
await stages("980 kB, 20 values, direct", records(LARGE, VALUES), "direct", VALUES);
await stages("980 kB, 20 values, envelope", records(LARGE, VALUES), "envelope", 1);
await stages("980 kB, no value", records(LARGE, 0), "direct", 0);
await otherWork();
console.log(JSON.stringify(part));

/**
 * @param {string} name
 * @param {string} body
 * @param {"direct" | "envelope"} mode
 * @param {number} operations RSA operations of it
 */
async function stages(name, body, mode, operations) {
  const policy = policyFor(mode, KEY);
  const bytes = Buffer.from(body);
  // Other names of the same lengths, so that nothing is protected.
  const unprotected = Buffer.from(body.replaceAll(/"(fname|lname|email|ssn|dob|phone)":/g, (_, name) => `"${"x".repeat(name.length)}":`));
  const encrypt = encryptor(policy);
  const pass = encryptor(JSON.stringify({ ...JSON.parse(policy), content_types: { "application/json": "json", "text/csv": "pass" } }));
  const handle = handler(policy, body);
  const times = await takeTurns(
    [
      subject("all", handle),
      subject("module", () => encrypt(bytes, "application/json")),
      subject("pass", () => pass(bytes, "text/csv")),
      subject("read", () => encrypt(unprotected, "application/json")),
      ...slopeSubjects("rsa", openSlope, KEY),
    ],
    settings,
  );
  const of = (/** @type {string} */ name) => times.get(name) ?? [];
  const less = (/** @type {number[]} */ a, /** @type {number[]} */ b) => pairwise(a, b, (a, b) => a - b);
  const reading = less(of("read"), of("pass"));
  const rsa = slope("rsa", times).map((time) => time * operations);
  const parts = [less(of("all"), of("module")), of("pass"), reading, rsa, less(less(of("module"), of("read")), rsa)];
  for (const [i, stage] of STAGES.entries()) {
    measured(part, { group: "stages of a request", case: name, subject: stage, unit: "us", rounds: (parts[i] ?? []).map((time) => Math.max(0, time)) });
  }
}

/**
 * A large body with 20 values, less what 20 values cost in a small one, against what JavaScript takes to read and write it. One data key serves all values,
 * so that what is taken away is small.
 */
async function otherWork() {
  const policy = policyFor("envelope", KEY);
  const text = records(LARGE, VALUES);
  const data = Buffer.from(text).toString("base64");
  const times = await takeTurns(
    [
      subject("large", handler(policy, text)),
      subject("values", handler(policy, JSON.stringify(Array(VALUES).fill({ ssn: "078-05-1120" })))),
      subject("no values", handler(policy, JSON.stringify(Array(VALUES).fill({ ref: "078-05-1120" })))),
      subject("bare", () => JSON.stringify(JSON.parse(text))),
      subject("from base64", () => JSON.stringify(JSON.parse(Buffer.from(data, "base64").toString("utf8")))),
    ],
    settings,
  );
  const of = (/** @type {string} */ name) => times.get(name) ?? [];
  const cryptography = pairwise(of("values"), of("no values"), (a, b) => a - b);
  const other = pairwise(of("large"), cryptography, (a, b) => a - b);
  const words = { name: "980 kB, 20 values: all work other than cryptography", subject: "EdgeSeal" };
  ratioed(part, { ...words, against: "JSON.parse and JSON.stringify", target: 1 }, other, of("bare"));
  ratioed(part, { ...words, against: "the same and the base64 around them" }, other, of("from base64"));
}

/**
 * @param {string} policy
 * @param {string} body
 */
function handler(policy, body) {
  const handle = createOriginRequestHandler(policy, { log: () => {} });
  const data = Buffer.from(body).toString("base64");
  return async () => {
    const result = /** @type {any} */ (await handle(eventOf(data)));
    if (result.uri !== "/people") throw new Error("the handler refuses");
  };
}

/** @param {string} policy */
function encryptor(policy) {
  const encryptor = withInstance(loadModule(), () => new Encryptor(policy));
  return (/** @type {Uint8Array} */ body, /** @type {string} */ type) => encryptor.encrypt(body, type, "POST", "/people", "", []);
}

/** @param {string} policy */
function openSlope(policy) {
  const encrypt = encryptor(policy);
  return (/** @type {Uint8Array} */ body) => encrypt(body, "application/json");
}
