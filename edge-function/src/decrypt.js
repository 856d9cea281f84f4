// Decryption for backends in JavaScript, with whatever opens RSA ciphertexts there.

import { Scan } from "../wasm/edgeseal_decrypt.js";
import { withInstance } from "./decrypt/instance.js";

/** @type {typeof import("../types/decrypt.d.ts").decrypt} */
export async function decrypt(text, { format, keyring, context = {}, ask }) {
  // Nothing in wasm lives through the wait below: the text is scanned again, and must be the same text.
  const copy = text.slice();
  const ciphertexts = withScan((scan) => scan.ciphertexts());
  const answers = await Promise.all(ciphertexts.map((ciphertext) => ask(ciphertext)));
  const { body, report } = withScan((scan) => scan.splice(answers));
  return { body, report: JSON.parse(report) };

  /**
   * @template T
   * @param {(scan: Scan) => T} work
   */
  function withScan(work) {
    return withInstance(() => {
      let scan = new Scan(copy, format, keyring);
      for (const [name, value] of Object.entries(context)) scan = scan.requireContext(name, value);
      try {
        return work(scan);
      } finally {
        scan.free();
      }
    });
  }
}
