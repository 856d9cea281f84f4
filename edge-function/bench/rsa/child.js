// One form of the module against node:crypto, by the Node.js that runs this. Prints JSON; `null` where the form is not there.

import { constants, createPublicKey, publicEncrypt } from "node:crypto";
import { readFileSync } from "node:fs";

import { publicPem } from "../../support/keys.js";
import { Encryptor, initSync } from "../../wasm/edgeseal.js";
import { subject, takeTurns } from "../clock.js";
import { argument } from "../process.js";
import { slope, slopeSubjects } from "./slope.js";

const VALUE = Buffer.from("078-05-1120");

/** @type {{ file: string, keys: string[], settings: import("../clock.js").Settings }} */
const { file, keys, settings } = argument();
const bytes = readFileSync(new URL(file));
console.log(JSON.stringify(WebAssembly.validate(bytes) ? await measure() : null));

async function measure() {
  initSync({ module: new WebAssembly.Module(bytes) });
  const results = [];
  for (const key of keys) {
    const publicKey = { key: createPublicKey(publicPem(key)), padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
    const theirs = subject("theirs", () => publicEncrypt(publicKey, VALUE));
    const times = await takeTurns([...slopeSubjects("ours", open, key), theirs], settings);
    results.push({ key, ours: slope("ours", times), theirs: times.get("theirs") ?? [] });
  }
  return results;
}

/** @param {string} policy */
function open(policy) {
  const encryptor = new Encryptor(policy);
  return (/** @type {Uint8Array} */ body) => encryptor.encrypt(body, "application/json");
}
