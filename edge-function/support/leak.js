// Looks for a text in bytes, in the spellings that a parser, a proxy or a log would read back.

/**
 * The spelling in which the text is there, if it is.
 * @param {Buffer} bytes
 * @param {string} text ASCII
 * @returns {string | undefined}
 */
export function leakOf(bytes, text) {
  const raw = bytes.toString("latin1");
  const decoded = raw.replaceAll(/%([0-9a-f]{2})/gi, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)));
  const views = {
    "as it is": raw,
    "in UTF-16": raw.replaceAll("\0", ""),
    "in JSON escapes": raw.replaceAll(/\\u00([0-9a-f]{2})/gi, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16))),
    "percent-encoded": decoded,
  };
  const hit = Object.entries(views).find(([, view]) => view.includes(text));
  if (hit !== undefined) return hit[0];
  if (raw.toLowerCase().includes(Buffer.from(text).toString("hex"))) return "in hexadecimal digits";
  const standard = (/** @type {string} */ view) => view.replaceAll("-", "+").replaceAll("_", "/");
  return cores(text).some((core) => standard(raw).includes(core) || standard(decoded).includes(core)) ? "in base64" : undefined;
}

/**
 * The characters of base64 that the text alone decides, for each place that it can have in a group of three bytes.
 * @param {string} text
 */
function cores(text) {
  return [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]);
    const whole = Math.floor((bytes.length * 8) / 6);
    return bytes.toString("base64").slice(Math.ceil((before * 8) / 6), whole);
  });
}
