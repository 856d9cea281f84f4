// The host's own RSA, in place of that of the wasm module. The module still encodes, and draws; the host raises numbers to a power.

/**
 * @typedef {import("../../types/options.d.ts").HostCrypto} HostCrypto
 * @typedef {import("../../wasm/edgeseal.js").PublicOperation} PublicOperation
 */

/** A public key of 2048 bits, all of them set (SPKI PEM, exponent 65537). */
const PROBE = pem(`MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA${"////".repeat(85)}/wIDAQAB`);
const PROBE_BYTES = 256;

/**
 * What the option `hostRsa` means.
 * @param {boolean | HostCrypto | undefined} given
 * @returns {HostCrypto | undefined}
 */
export function findHostCrypto(given) {
  if (given === undefined || given === false) return undefined;
  // Not imported: other hosts do not have it, and where it is not wanted nobody waits for it.
  const found = given === true ? globalThis.process?.getBuiltinModule?.("node:crypto") : given;
  if (!isAble(found)) throw new TypeError("expected `hostRsa` where `crypto` of Node.js does RSA without padding, or a module like it");
  return found;
}

/**
 * The public operation under the keys of a policy that was loaded.
 * @param {HostCrypto} host
 * @param {string} policy
 * @returns {PublicOperation}
 */
export function publicOperation({ createPublicKey, publicEncrypt, constants }, policy) {
  const padding = constants.RSA_NO_PADDING;
  /** @type {Map<string, unknown>} */
  const keys = new Map();
  return (keyId, encoded) => {
    try {
      let key = keys.get(keyId);
      if (key === undefined) {
        key = createPublicKey(JSON.parse(policy).keys[keyId].public_key);
        keys.set(keyId, key);
      }
      return publicEncrypt({ key, padding }, encoded);
    } finally {
      // As secret as the value that it encodes.
      encoded.fill(0);
    }
  };
}

/**
 * Whether it raises numbers to a power and does nothing else to them: 1 stays 1.
 * @param {unknown} host
 * @returns {host is HostCrypto}
 */
function isAble(host) {
  try {
    const { createPublicKey, publicEncrypt, constants } = /** @type {HostCrypto} */ (host);
    const one = new Uint8Array(PROBE_BYTES).fill(1, PROBE_BYTES - 1);
    const padding = constants.RSA_NO_PADDING;
    if (typeof padding !== "number") return false;
    const power = publicEncrypt({ key: createPublicKey(PROBE), padding }, one.slice());
    return power instanceof Uint8Array && power.length === one.length && power.every((byte, i) => byte === one[i]);
  } catch {
    return false;
  }
}

/** @param {string} base64 */
function pem(base64) {
  return `-----BEGIN PUBLIC KEY-----\n${base64.replace(/.{64}/g, "$&\n")}\n-----END PUBLIC KEY-----\n`;
}
