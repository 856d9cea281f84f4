// Chunks of bytes as one piece.

/**
 * A copy in a buffer of its own, which may be zeroed when it is used up.
 * @param {Uint8Array[]} chunks
 * @returns {Uint8Array}
 */
export function concat(chunks) {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    // Of anything else `set` would make zeros.
    if (!(chunk instanceof Uint8Array)) throw new TypeError("expected bytes");
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
