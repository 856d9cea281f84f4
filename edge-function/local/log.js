// One line for each request.

/**
 * @param {NodeJS.WritableStream} stdout
 * @param {NodeJS.WritableStream} stderr for warnings
 * @returns {(entry: import("./cdn.js").Entry) => void}
 */
export function printer(stdout, stderr) {
  return (entry) => {
    stdout.write(`${line(entry)}\n`);
    const { cut = 0, method } = entry;
    if (cut > 0) {
      const lost = `CloudFront cuts the function's body; the origin got it without its last ${cut} bytes`;
      stderr.write(`WARNING: ${method} ${path(entry)}: ${lost}\n`);
    }
  };
}

/**
 * Holds nothing of a body, a query string or a header.
 * @param {import("./cdn.js").Entry} entry
 */
export function line(entry) {
  const { method, status, by, reason, received = 0, sent, milliseconds } = entry;
  const bytes = sent === undefined ? "" : `, ${received} -> ${sent} bytes`;
  const cause = reason === undefined ? "" : `: ${reason}`;
  return `${method} ${path(entry)} ${status} by ${by}${bytes}, ${milliseconds} ms${cause}`;
}

/** A path for a terminal. @param {{ path: string }} entry */
function path({ path }) {
  return path.replaceAll(/[^\x21-\x7e]/g, "?");
}
