// The environments of a function: as many as there are requests at a time, up to a limit.

import { Environment } from "./environment.js";

/** More requests wait. Each environment is a thread with tens of megabytes. */
const MAX_ENVIRONMENTS = 8;

export class Environments {
  #settings;
  #isCold;
  /** @type {Set<Environment>} */
  #all = new Set();
  /** @type {Environment[]} */
  #idle = [];
  /** @type {(() => void)[]} */
  #waiting = [];

  /**
   * @param {import("./environment.js").Settings} settings
   * @param {boolean} isCold whether every request gets a new one
   */
  constructor(settings, isCold) {
    this.#settings = settings;
    this.#isCold = isCold;
  }

  /** Starts one, and fails if the handler cannot be loaded. */
  async warm() {
    const environment = await this.#take();
    try {
      await environment.load();
    } finally {
      await this.#give(environment);
    }
  }

  /** @param {unknown} event */
  async invoke(event) {
    const environment = await this.#take();
    try {
      return await environment.invoke(event);
    } finally {
      await this.#give(environment);
    }
  }

  async stop() {
    await Promise.all([...this.#all].map((environment) => environment.stop()));
  }

  async #take() {
    while (this.#idle.length === 0 && this.#all.size >= MAX_ENVIRONMENTS) {
      await new Promise((resolve) => this.#waiting.push(() => resolve(undefined)));
    }
    const idle = this.#idle.pop();
    if (idle?.isAlive) return idle;
    if (idle !== undefined) this.#all.delete(idle);
    const environment = new Environment(this.#settings);
    this.#all.add(environment);
    return environment;
  }

  /** @param {Environment} environment */
  async #give(environment) {
    if (environment.isAlive && !this.#isCold) {
      this.#idle.push(environment);
    } else {
      await environment.stop();
      this.#all.delete(environment);
    }
    this.#waiting.shift()?.();
  }
}
