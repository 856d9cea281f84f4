// The vectors that encrypt, through the wasm module, with their own random bytes.

import { withInstance } from "../src/core/instance.js";
import { withRandom } from "../support/random.js";
import { Encryptor } from "../wasm/edgeseal.js";
import { fromHex, fromText, toHex } from "./bytes.js";
import { expectEqual } from "./expect.js";

/**
 * @param {import("./suite.js").Context} context
 * @returns {import("./suite.js").Case[]}
 */
export function vectorCases({ module, vectors }) {
  return vectors.flatMap(({ name, groups }) =>
    groups.flatMap((group) =>
      group.tests.map((/** @type {any} */ test) => ({ name: `${name} ${test.tcId}`, work: () => check(module, group, test) })),
    ),
  );
}

/**
 * @param {WebAssembly.Module} module
 * @param {any} group
 * @param {any} test
 */
async function check(module, group, test) {
  const stream = fromHex(test.random);
  let used = 0;
  const draw = (/** @type {Uint8Array} */ array) => {
    if (used + array.length > stream.length) throw new Error("the random bytes of the vector are used up");
    array.set(stream.subarray(used, (used += array.length)));
  };
  const { error, encrypted } = await withRandom(draw, () => attempt(module, group, test));
  if (test.result === "invalid") return expectEqual(error, test.code, "code");
  expectEqual(error, undefined, "code");
  const { headers = [], query } = test;
  const body = bytesOf(test, "body");
  expectEqual(hexOf(encrypted?.body ?? body), hexOf(bytesOf(test, "output")), "body");
  expectEqual(encrypted?.query ?? query, test.queryOutput, "query");
  expectEqual(encrypted?.headers ?? headers.map((/** @type {string[]} */ [, value]) => value), test.headersOutput ?? [], "headers");
  expectEqual(JSON.parse(encrypted?.report ?? "null"), test.report, "report");
  expectEqual(used, stream.length, "random bytes used");
}

/**
 * @param {WebAssembly.Module} module
 * @param {any} group
 * @param {any} test
 * @returns {{ error?: string, encrypted?: import("../wasm/edgeseal.js").Encrypted }}
 */
function attempt(module, group, test) {
  const { contentType = undefined, method, path, query, headers = [] } = test;
  try {
    return withInstance(module, () => {
      const encryptor = new Encryptor(JSON.stringify(group.policy), group.maxOutputBytes);
      try {
        return { encrypted: encryptor.encrypt(bytesOf(test, "body"), contentType, method, path, query, headers.flat()) };
      } finally {
        encryptor.free();
      }
    });
  } catch (error) {
    return { error: /** @type {any} */ (error).code ?? String(error) };
  }
}

/**
 * A member that is text, or bytes when `Hex` is added to its name.
 * @param {any} test
 * @param {string} member
 */
function bytesOf(test, member) {
  if (test[member] !== undefined) return fromText(test[member]);
  return test[`${member}Hex`] === undefined ? undefined : fromHex(test[`${member}Hex`]);
}

/** @param {Uint8Array | undefined} bytes */
function hexOf(bytes) {
  return bytes && toHex(bytes);
}
