// The sealer: a policy, and the wasm encryptor that follows it.

import { Encryptor } from "../wasm/edgeseal.js";
import { withInstance } from "./instance.js";
import { isEdgeSealError, refusal } from "./refusal.js";

export class Sealer {
  #policy;
  #maxOutputBytes;
  /** @type {Encryptor | undefined} */
  #encryptor;
  /** The wasm instance that the encryptor lives in. */
  #generation = 0;
  /** @type {import("../wasm/edgeseal.js").EdgeSealError | undefined} */
  #refused;

  /**
   * @param {string} policy
   * @param {number} maxOutputBytes
   */
  constructor(policy, maxOutputBytes) {
    this.#policy = policy;
    this.#maxOutputBytes = maxOutputBytes;
  }

  /** Why the policy is refused; `undefined` as long as it is not. */
  get refused() {
    return this.#refused;
  }

  /** Loads the policy, unless it is loaded. One that is refused stays so: only a deployment brings another. */
  load() {
    if (this.#refused !== undefined) throw refusal("policy_refused");
    try {
      return withInstance((generation) => this.#encryptorOf(generation));
    } catch (error) {
      if (!isEdgeSealError(error)) throw error;
      this.#refused = error;
      throw refusal("policy_refused");
    }
  }

  /**
   * Encrypts a body.
   * @param {Uint8Array} bytes
   * @param {string} contentType
   */
  seal(bytes, contentType) {
    const encryptor = this.load();
    return withInstance(() => encryptor.encrypt(bytes, contentType));
  }

  /** @param {number} generation */
  #encryptorOf(generation) {
    if (this.#encryptor === undefined || this.#generation !== generation) {
      this.#encryptor = new Encryptor(this.#policy, this.#maxOutputBytes);
      this.#generation = generation;
    }
    return this.#encryptor;
  }
}
