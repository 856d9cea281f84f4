// Handlers for Lambda@Edge against each other, by the Node.js that runs this: the same events, in turns. Prints JSON.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { createOriginRequestHandler } from "../../src/lambda-edge.js";
import { open, privateKey, publicPem } from "../../support/keys.js";
import { subject, takeTurns } from "../clock.js";
import { bodyOf, eventOf } from "../event.js";
import { hybridPeers } from "../peers/hybrid.js";
import { eachField, handlerAround, postEncryption, PREFIX, SUFFIX } from "../peers/post.js";
import { startPython } from "../peers/python.js";
import { argument } from "../process.js";
import { people, longPeople, policyFor, records } from "../people.js";
import { measured, nothing } from "../results.js";
import { HOST_RSA, REUSED_KEY } from "../suites/edge.js";
import { openedByUs, sameValues } from "./check.js";

const KEYS = new URL("../../../test-vectors/keys/", import.meta.url);
/** As much as fits through Lambda@Edge when tokens have been put in. */
const LARGE = 980_000;

/** @type {{ settings: import("../clock.js").Settings, peers: string, python?: string, label: string, isReference: boolean }} */
const { settings, peers, python, label, isReference } = argument();
const part = nothing();
/** The most that a policy may allow. */
const REUSE = { max_values: 1_000_000, max_age_seconds: 3_600 };
const quiet = () => {};

/**
 * What is measured: a name, a body, the size of the key, and whether peers that take their time are left out.
 * @typedef {{ name: string, body: string, key?: string, isBrief?: boolean, isLong?: boolean }} Case
 */

/** @type {Case[]} */
const CASES = [
  { name: "1 record of 6 fields", body: people(1), isBrief: true },
  { name: "10 records of 6 fields", body: people(10), isBrief: true },
  { name: "100 records of 6 fields", body: people(100) },
  { name: "1 record, RSA-3072", body: people(1), key: "rsa3072" },
  { name: "1 record, RSA-4096", body: people(1), key: "rsa4096" },
  { name: "1 record, values of 2,000 characters", body: longPeople(1, 2_000), isLong: true },
  { name: `${LARGE / 1000} kB, 20 values`, body: records(LARGE, 20), isBrief: true },
  { name: `${LARGE / 1000} kB, no value`, body: records(LARGE, 0) },
];

for (const { name, body, key = "rsa2048-a", isLong = false } of CASES.filter(({ isBrief }) => isReference || isBrief)) {
  const data = Buffer.from(body).toString("base64");
  for (const mode of /** @type {const} */ (["direct", "envelope"])) {
    // A direct value of that length becomes an envelope.
    if (isLong && mode === "direct") continue;
    console.error(`    ${name}, ${mode}`);
    const { subjects, stop } = await (mode === "direct" ? direct(key, data, body) : envelope(key, data, body));
    const times = await takeTurns(subjects, settings);
    stop();
    for (const [subject, rounds] of times) {
      measured(part, { group: `${mode} mode, ${label}`, case: name, subject, unit: "us", rounds, input_bytes: body.length });
    }
  }
}
console.log(JSON.stringify(part));

/**
 * EdgeSeal and the AWS post, one RSA operation for each field.
 * @param {string} key
 * @param {string} data
 * @param {string} body
 */
async function direct(key, data, body) {
  const file = fileURLToPath(new URL(`${key}.public.pem`, KEYS));
  const secret = privateKey(key);
  const openPost = (/** @type {string} */ value) => open(secret, Buffer.from(value.slice(PREFIX.length, -SUFFIX.length), "base64")).toString("utf8");
  const post = handlerAround(eachField(postEncryption(publicPem(key))));
  await sameValues(bodyOf(await post(eventOf(data))), body, openPost);
  const subjects = [
    await ours("EdgeSeal", policyFor("direct", key), {}, key, data, body),
    await ours(HOST_RSA, policyFor("direct", key), { hostRsa: true }, key, data, body),
    subject("AWS post, Node.js", () => post(eventOf(data))),
  ];
  /** @type {ReturnType<typeof startPython>[]} */
  const pythons = [];
  if (python !== undefined) {
    for (const library of isReference ? ["pycryptodome", "cryptography"] : ["pycryptodome"]) {
      const process = startPython(python, library, file);
      await sameValues(await process.use(data), body, openPost);
      pythons.push(process);
      subjects.push({ name: `AWS post, Python, ${library}`, run: process.run });
    }
  }
  return { subjects, stop: () => pythons.forEach((process) => process.stop()) };
}

/**
 * EdgeSeal and libraries that encrypt by a data key, one for each field in theirs.
 * @param {string} key
 * @param {string} data
 * @param {string} body
 */
async function envelope(key, data, body) {
  const privateFile = fileURLToPath(new URL(`TEST-ONLY-${key}.private.pem`, KEYS));
  const all = await hybridPeers(peers, { publicPem: publicPem(key), privatePem: readFileSync(privateFile, "utf8"), privateFile });
  const subjects = [
    await ours("EdgeSeal", policyFor("envelope", key), {}, key, data, body),
    await ours(REUSED_KEY, policyFor("envelope", key, { data_key_reuse: REUSE }), {}, key, data, body),
  ];
  for (const { name, handler, open } of isReference ? all : all.slice(0, 1)) {
    await sameValues(bodyOf(await handler(eventOf(data))), body, open);
    subjects.push(subject(name, () => handler(eventOf(data))));
  }
  return { subjects, stop: quiet };
}

/**
 * @param {string} name
 * @param {string} policy
 * @param {{ hostRsa?: boolean }} options
 * @param {string} key
 * @param {string} data
 * @param {string} body
 */
async function ours(name, policy, options, key, data, body) {
  const handler = createOriginRequestHandler(policy, { ...options, log: quiet });
  const result = /** @type {any} */ (await handler(eventOf(data)));
  if (result.uri !== "/people") throw new Error("the handler refuses");
  if (result.body.action === "replace") await openedByUs(bodyOf(result), body, key);
  return subject(name, () => handler(eventOf(data)));
}
