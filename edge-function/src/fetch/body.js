// The body of a fetch-style request, read up to a limit.

import { concat } from "../core/bytes.js";

/**
 * The bytes of a body in a buffer of their own, or why there are none.
 * @param {Request} request
 * @param {number} limit in bytes
 * @returns {Promise<Pick<import("../core/request.js").Request, "body" | "lack">>}
 */
export async function readBody(request, limit) {
  if (request.body === null) return { body: undefined };
  const chunks = await readChunks(request, limit).catch(() => undefined);
  // A stream fails when the client goes away.
  if (chunks === undefined) return { body: undefined, lack: "cut" };
  const body = concat(chunks);
  if (body.length <= limit) return { body };
  body.fill(0);
  return { body: undefined, lack: "too long" };
}

/**
 * The chunks of a body, up to the one that goes beyond the limit.
 * @param {Request} request
 * @param {number} limit
 */
async function readChunks(request, limit) {
  const stream = /** @type {Request["body"] | undefined} */ (request.body);
  // Some browsers cannot stream the body of a request, and do not say whether there is one.
  if (!stream) return [new Uint8Array(await request.arrayBuffer())];
  const reader = stream.getReader();
  const chunks = [];
  for (let length = 0; length <= limit; ) {
    const { done, value } = await reader.read();
    if (done) return chunks;
    chunks.push(value);
    length += value.length;
  }
  // Nobody waits for the rest, nor for an answer to this.
  reader.cancel().catch(() => {});
  return chunks;
}
