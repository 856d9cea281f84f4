// Libraries that encrypt a field each by a key of its own: a message of RSAES-OAEP-SHA-256 and AES-256-GCM.

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createPrivateKey, X509Certificate } from "node:crypto";

import { FIELDS } from "./fields.js";
import { joseEncryption } from "./jose.js";
import { eachFieldInTime, handlerAround } from "./post.js";

/**
 * A peer: its handler, and how a value that it made is read again.
 * @typedef {{ name: string, handler: (event: any) => Promise<any>, open: (value: any) => unknown }} Peer
 */

/**
 * @param {string} folder where they are installed
 * @param {{ publicPem: string, privatePem: string, privateFile: string }} key
 * @returns {Promise<Peer[]>}
 */
export async function hybridPeers(folder, key) {
  const require = createRequire(join(folder, "package.json"));
  const jose = require("jose");
  const privateKey = createPrivateKey(key.privatePem);
  const openJwe = async (/** @type {string} */ jwe) => new TextDecoder().decode((await jose.compactDecrypt(jwe, privateKey)).plaintext);
  return [
    { name: "jose", handler: handlerAround(eachFieldInTime(await joseEncryption(jose, key.publicPem))), open: openJwe },
    { name: "node-jose", handler: handlerAround(eachFieldInTime(await nodeJose(require("node-jose"), key.publicPem))), open: openJwe },
    mastercard(require, folder, key),
    awsEncryptionSdk(require("@aws-crypto/client-node"), key),
  ];
}

/**
 * @param {any} library
 * @param {string} pem
 */
async function nodeJose({ JWE, JWK }, pem) {
  const key = await JWK.asKey(pem, "pem");
  const options = { format: "compact", contentAlg: "A256GCM", fields: { alg: "RSA-OAEP-256" } };
  return (/** @type {string} */ value) => JWE.createEncrypt(options, key).update(value, "utf8").final();
}

/**
 * Takes the key from a certificate only.
 * @param {NodeJS.Require} require
 * @param {string} folder
 * @param {{ privateFile: string }} key
 * @returns {Peer}
 */
function mastercard(require, folder, { privateFile }) {
  const JweEncryption = require("mastercard-client-encryption").JweEncryption;
  const certificate = join(folder, "certificate.pem");
  const options = ["-new", "-x509", "-key", privateFile, "-subj", "/CN=test", "-days", "3650"];
  writeFileSync(certificate, new X509Certificate(execFileSync("openssl", ["req", ...options])).toString());
  const jwe = new JweEncryption({
    paths: [{ path: "/people", toEncrypt: FIELDS.map((name) => ({ element: name, obj: name })), toDecrypt: [] }],
    mode: "JWE",
    encryptedValueFieldName: "encryptedData",
    encryptionCertificate: certificate,
    // For the check. Its nonces have 16 bytes, which only itself takes.
    privateKey: privateFile,
  });
  return {
    name: "mastercard-client-encryption",
    handler: handlerAround((person) => void jwe.encrypt("/people", {}, person)),
    open: ({ encryptedData }) => jwe.crypto.decryptData(encryptedData),
  };
}

/**
 * Without a signature by a key of each message, which it adds by default.
 * @param {any} sdk
 * @param {{ publicPem: string, privatePem: string }} key
 * @returns {Peer}
 */
function awsEncryptionSdk(sdk, { publicPem, privatePem }) {
  const { RawRsaKeyringNode, buildClient, CommitmentPolicy, AlgorithmSuiteIdentifier } = sdk;
  const { encrypt, decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
  const words = { keyName: "pii", keyNamespace: "edgeseal", oaepHash: "sha256" };
  const keyring = new RawRsaKeyringNode({ ...words, rsaKey: { publicKey: publicPem } });
  const opening = new RawRsaKeyringNode({ ...words, rsaKey: { privateKey: privatePem } });
  const suiteId = AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA512_COMMIT_KEY;
  const seal = async (/** @type {string} */ value) => (await encrypt(keyring, value, { suiteId })).result.toString("base64");
  return {
    name: "AWS Encryption SDK",
    handler: handlerAround(eachFieldInTime(seal)),
    open: async (value) => (await decrypt(opening, Buffer.from(value, "base64"))).plaintext.toString("utf8"),
  };
}
