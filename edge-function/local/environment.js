// Execution environments: each a worker thread with a module graph of its own, which has one request at a time, as Lambda's have.

import { Worker } from "node:worker_threads";

import { Refusal } from "./refusal.js";

const RUNTIME = new URL("runtime.js", import.meta.url);

/**
 * @typedef {object} Settings
 * @property {URL} handler the file
 * @property {number} timeout in milliseconds
 * @property {NodeJS.WritableStream} stdout
 * @property {NodeJS.WritableStream} stderr
 */

export class Environment {
  #worker;
  #timeout;
  #isAlive = true;
  #loaded;

  /** @param {Settings} settings */
  constructor({ handler, timeout, stdout, stderr }) {
    this.#timeout = timeout;
    // Functions at the edge have no environment variables.
    this.#worker = new Worker(RUNTIME, { workerData: handler.href, env: {}, execArgv: [], stdout: true, stderr: true });
    this.#worker.stdout.pipe(stdout, { end: false });
    this.#worker.stderr.pipe(stderr, { end: false });
    // Between requests it may break too; it is then not used any more.
    this.#worker.on("error", () => {
      this.#isAlive = false;
    });
    this.#worker.on("exit", () => {
      this.#isAlive = false;
    });
    this.#loaded = this.#answer();
    // Whoever waits for it hears of it.
    this.#loaded.catch(() => {});
  }

  /** Whether it can take another request. */
  get isAlive() {
    return this.#isAlive;
  }

  /** Waits until the handler's file is loaded. */
  async load() {
    await this.#loaded;
  }

  /**
   * What the handler gives back, over JSON both ways, as between CloudFront and Lambda.
   * @param {unknown} event
   * @returns {Promise<unknown>}
   */
  async invoke(event) {
    await this.#loaded;
    const answer = this.#answer();
    this.#worker.postMessage(JSON.stringify(event));
    const { result, error } = await answer;
    if (error !== undefined) throw new Refusal(502, `the function failed: ${error}`);
    return result === undefined ? undefined : JSON.parse(result);
  }

  async stop() {
    this.#isAlive = false;
    await this.#worker.terminate();
  }

  /**
   * The next message; it may also break, stop, or take too long.
   * @returns {Promise<{ result?: string, error?: string }>}
   */
  #answer() {
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      const tooLong = () => {
        fail(`it took more than ${this.#timeout} ms`);
        void this.stop();
      };
      const timer = setTimeout(tooLong, this.#timeout);
      worker.on("message", settle).on("error", broke).on("exit", stopped);

      /** @param {{ result?: string, error?: string }} message */
      function settle(message) {
        forget();
        resolve(message);
      }

      /** @param {unknown} error */
      function broke(error) {
        fail(`its environment broke: ${error}`);
      }

      function stopped() {
        fail("its environment stopped");
      }

      /** @param {string} reason */
      function fail(reason) {
        forget();
        reject(new Refusal(502, `the function failed: ${reason}`));
      }

      function forget() {
        clearTimeout(timer);
        worker.off("message", settle).off("error", broke).off("exit", stopped);
      }
    });
  }
}
