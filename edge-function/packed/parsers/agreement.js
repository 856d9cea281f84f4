// Whether other parsers read a form as the edge does.

import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";

import { isSealed, open } from "./edge.js";

/** @typedef {import("./readers.js").Entry[]} Entries */

/**
 * What the edge lets through has, for every parser, no text under a protected name; and for every parser that could read what came,
 * what came is what is there once its tokens are opened.
 * @param {import("./edge.js").Edge} edge
 * @param {(path: string[]) => boolean} isProtected
 * @param {import("./readers.js").Named[]} readers
 * @param {[body: Buffer, contentType: string]} request
 * @returns {Promise<"refused" | "as it was" | "sealed">}
 */
export async function agree(edge, isProtected, readers, [body, contentType]) {
  const sealed = edge(body, contentType);
  if (sealed === undefined) return "refused";
  for (const [reader, read, isMeant] of readers) {
    const [before, after] = [await tried(read, body, contentType), await tried(read, sealed, contentType)];
    const bare = after?.filter(([path, text]) => isProtected(path) && text !== "" && !isSealed(text)) ?? [];
    assert.ok(bare.length === 0, `${reader} reads ${JSON.stringify(bare)} in what was let through${told(body, contentType)}`);
    const isSame = before === undefined || isMeant?.(body) === false || isDeepStrictEqual(after && opened(after), before);
    assert.ok(isSame, `${reader} reads ${JSON.stringify(after)}, and before ${JSON.stringify(before)}${told(body, contentType)}`);
  }
  return sealed.equals(body) ? "as it was" : "sealed";
}

/**
 * @param {import("./readers.js").Reader} read
 * @param {Buffer} body
 * @param {string} contentType
 * @returns {Promise<Entries | undefined>} nothing if the parser refuses it
 */
function tried(read, body, contentType) {
  return read(body, contentType).catch(() => undefined);
}

/** @param {Entries} entries @returns {Entries} */
function opened(entries) {
  return entries.map(([path, text]) => [path, open(text)]);
}

/** @param {Buffer} body @param {string} contentType */
function told(body, contentType) {
  return `\n${contentType}\n${JSON.stringify(body.toString())}`;
}
