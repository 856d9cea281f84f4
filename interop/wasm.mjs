// The wasm module as a command, with the two subcommands of `edgeseal` that the checks need:
//   wasm.mjs encrypt --policy FILE INPUT
//   wasm.mjs decrypt --keyring FILE INPUT

import { constants, privateDecrypt } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

import { decrypt } from "../edge-function/src/decrypt.js";
import { createOriginRequestHandler } from "../edge-function/src/lambda-edge.js";

const [subcommand, , file, input] = process.argv.slice(2);
const text = readFileSync(input);
process.stdout.write(subcommand === "encrypt" ? await encrypted() : await decrypted());

/** By the handler, as at the edge. */
async function encrypted() {
  const handler = createOriginRequestHandler(readFileSync(file, "utf8"), { log: () => {} });
  const body = { action: "read-only", data: text.toString("base64"), encoding: "base64", inputTruncated: false };
  const headers = { "content-type": [{ key: "Content-Type", value: "application/json" }] };
  const request = { method: "POST", uri: "/", querystring: "", headers, body };
  const result = await handler({ Records: [{ cf: { config: { eventType: "origin-request" }, request } }] });
  if (result.status !== undefined) throw new Error(result.body);
  return Buffer.from(result.body.data, "base64");
}

async function decrypted() {
  const keyring = readFileSync(file, "utf8");
  const { keys } = JSON.parse(keyring);
  const ask = ({ keyId, bytes }) => {
    const key = readFileSync(resolve(dirname(file), keys[keyId].private_key_file));
    const plaintext = privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" }, bytes);
    return new Uint8Array(plaintext);
  };
  const { body, report } = await decrypt(text, { format: "json", keyring, ask });
  if (report.decrypted !== report.found) throw new Error(JSON.stringify(report));
  return body;
}
