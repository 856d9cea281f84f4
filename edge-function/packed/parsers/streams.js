// Parsers that read a request as a stream and tell what they find by events.

import busboy from "busboy";
import formidable from "formidable";
import multiparty from "multiparty";
import { Readable } from "node:stream";

/** @typedef {import("./readers.js").Reader} Reader */

/** @type {Reader} */
export function readWithBusboy(body, contentType) {
  return collect((add, end, fail) => {
    const parser = busboy({ headers: { "content-type": contentType } });
    // It has no name for an empty one.
    parser.on("field", (name = "", value) => add(name, value)).on("file", (name = "", content) => add(name, gather(content)));
    parser.on("error", fail).on("close", end).end(body);
  });
}

/** @type {Reader} */
export function readWithFormidable(body, contentType) {
  return collect((add, end, fail) => {
    const form = formidable();
    form.onPart = (part) => void add(part.name ?? "", gather(part));
    form.on("field", add);
    form.parse(requestOf(body, contentType)).then(end, fail);
  });
}

/** @type {Reader} */
export function readWithMultiparty(body, contentType) {
  return collect((add, end, fail) => {
    const form = new multiparty.Form();
    form.on("part", (part) => add(part.name ?? "", gather(part.on("error", fail)))).on("error", fail).on("close", end);
    form.parse(requestOf(body, contentType));
  });
}

/**
 * What a server of node:http gives to a parser.
 * @param {Buffer} body
 * @param {string} contentType
 */
export function requestOf(body, contentType) {
  const headers = { "content-type": contentType, "content-length": String(body.length) };
  const request = Object.assign(Readable.from([body], { objectMode: false }), { headers, method: "POST" });
  return /** @type {import("node:http").IncomingMessage} */ (/** @type {unknown} */ (request));
}

/**
 * The entries that a parser finds, in its order. One that neither ends nor fails has refused the body.
 * @param {(add: (name: string, text: string | Promise<string>) => void, end: () => void, fail: (error: unknown) => void) => void} parse
 * @returns {Promise<import("./readers.js").Entry[]>}
 */
async function collect(parse) {
  /** @type {[string, string | Promise<string>][]} */
  const found = [];
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  await new Promise((resolve, reject) => {
    timer = setTimeout(reject, 2_000, new Error("no end"));
    parse((name, text) => found.push([name, text]), () => resolve(undefined), reject);
  }).finally(() => clearTimeout(timer));
  return Promise.all(found.map(async ([name, text]) => [[name], await text]));
}

/** @param {import("node:stream").Stream} stream some are of the first kind, which has no iterator @returns {Promise<string>} */
function gather(stream) {
  return new Promise((resolve) => {
    /** @type {Buffer[]} */
    const chunks = [];
    stream.on("data", (chunk) => chunks.push(chunk)).on("end", () => resolve(Buffer.concat(chunks).toString()));
  });
}
