// The sealer: a policy, and the wasm encryptor that follows it.

import { build, Encryptor } from "../../wasm/edgeseal.js";
import { isOfBuild } from "./build.js";
import { createClock } from "./clock.js";
import { publicOperation } from "./host-rsa.js";
import { withInstance } from "./instance.js";
import { isEdgeSealError, refusal } from "./refusal.js";

/**
 * What the host has to do for a policy. Names are in lower case.
 * @typedef {object} Host
 * @property {string} digest hexadecimal SHA-256 of the policy's text
 * @property {boolean} query whether a rule is for query parameters
 * @property {string[]} headers names that rules are for
 * @property {Record<string, "remove" | "recompute" | "refuse">} digest_headers
 *
 * @typedef {object} Parts
 * @property {Uint8Array | undefined} body
 * @property {string | undefined} contentType
 * @property {string | undefined} method
 * @property {string | undefined} path
 * @property {string | undefined} query
 * @property {{ name: string, value: string }[]} headers
 */

export class Sealer {
  #policy;
  #maxOutputBytes;
  #hostCrypto;
  #now = createClock();
  /** @type {WebAssembly.Module | undefined} */
  #module;
  /** @type {Encryptor | undefined} */
  #encryptor;
  /** The wasm instance that the encryptor lives in. */
  #generation = 0;
  /** @type {Host | undefined} */
  #host;
  /** @type {{ code: string, pointer?: string | undefined } | undefined} */
  #refused;

  /**
   * @param {string} policy
   * @param {number | undefined} maxOutputBytes
   * @param {import("../../types/options.d.ts").HostCrypto | undefined} hostCrypto
   */
  constructor(policy, maxOutputBytes, hostCrypto) {
    this.#policy = policy;
    this.#maxOutputBytes = maxOutputBytes;
    this.#hostCrypto = hostCrypto;
  }

  /** Why the policy is refused; `undefined` as long as it is not. */
  get refused() {
    return this.#refused;
  }

  /** The digest of the policy, once it was loaded. */
  get digest() {
    return this.#host?.digest;
  }

  /** Takes the module, if it was made together with the JavaScript here. @param {WebAssembly.Module} module */
  use(module) {
    if (isOfBuild(module, build)) this.#module = module;
    else this.refuse("module_mismatched");
  }

  /** Lets nothing through from now on. @param {string} code */
  refuse(code) {
    this.#refused = { code };
  }

  /** Loads the policy, unless it is loaded. One that is refused stays so: only a deployment brings another. */
  load() {
    return this.#load().host;
  }

  /**
   * Encrypts what the policy names.
   * @param {Parts} parts
   */
  seal({ body, contentType, method, path, query, headers }) {
    const { module, encryptor } = this.#load();
    /** @type {string[]} */
    const flat = [];
    for (const { name, value } of headers) flat.push(name, value);
    const now = this.#now();
    return withInstance(module, () => encryptor.encrypt(body, contentType, method, path, query, flat, now));
  }

  #load() {
    if (this.#refused !== undefined) throw refusal("policy_refused");
    const module = this.#module;
    if (module === undefined) throw new TypeError("there is no module yet");
    try {
      return { module, ...withInstance(module, (generation) => this.#inInstance(generation)) };
    } catch (error) {
      if (!isEdgeSealError(error)) throw error;
      this.#refused = { code: error.code, pointer: error.pointer };
      throw refusal("policy_refused");
    }
  }

  /** @param {number} generation */
  #inInstance(generation) {
    let [encryptor, host] = [this.#encryptor, this.#host];
    if (encryptor === undefined || host === undefined || this.#generation !== generation) {
      const rsa = this.#hostCrypto && publicOperation(this.#hostCrypto, this.#policy);
      encryptor = new Encryptor(this.#policy, this.#maxOutputBytes, rsa);
      host = /** @type {Host} */ (JSON.parse(encryptor.host));
      [this.#encryptor, this.#host, this.#generation] = [encryptor, host, generation];
    }
    return { encryptor, host };
  }
}
