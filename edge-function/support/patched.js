// The wasm module as it is shipped, with one thing in it changed: a fault that no request can bring about.

import { readFileSync } from "node:fs";

const FILE = readFileSync(new URL("../wasm/edgeseal_bg.wasm", import.meta.url));

/** Numbers of sections (WebAssembly core specification, section 5.5). */
const [MEMORY, CODE] = [5, 10];
/** No locals; `unreachable`, `end`. */
const UNREACHABLE = [0x00, 0x00, 0x0b];
const HEADER_BYTES = 8;

/** How many functions the module has, imports not counted. */
export function functionCount() {
  return codeOf(FILE).bodies.length;
}

/**
 * The module, in which these functions trap as soon as they are called.
 * @param {number[]} indices
 */
export function trappingModule(indices) {
  const { bodies, section } = codeOf(FILE);
  const all = bodies.map((body, i) => (indices.includes(i) ? Uint8Array.from(UNREACHABLE) : body));
  return compiled(section, [...leb(all.length)], all.flatMap((body) => [Uint8Array.from(leb(body.length)), body]));
}

/** The pages of 64 KiB that the module's memory has in the beginning. */
export function firstPages() {
  return limits().pages;
}

/**
 * The module, whose memory has no more than so many pages.
 * @param {number} most
 */
export function limitedModule(most) {
  const { section, pages } = limits();
  return compiled(section, [1, 1, ...leb(pages), ...leb(most)], []);
}

/** The section of the memory: one, with or without a maximum. */
function limits() {
  const section = sectionOf(FILE, MEMORY);
  return { section, pages: number(FILE, section.start + 2).value };
}

/** @param {Buffer} file */
function codeOf(file) {
  const section = sectionOf(file, CODE);
  const bodies = [];
  let { value: count, next } = number(file, section.start);
  for (; count > 0; count -= 1) {
    const { value: length, next: start } = number(file, next);
    next = start + length;
    bodies.push(file.subarray(start, next));
  }
  return { section, bodies };
}

/**
 * Where a section is, with and without its head.
 * @param {Buffer} file
 * @param {number} id
 */
function sectionOf(file, id) {
  for (let head = HEADER_BYTES; head < file.length; ) {
    const { value: length, next: start } = number(file, head + 1);
    if (file[head] === id) return { id, head, start, end: start + length };
    head = start + length;
  }
  throw new Error(`the module has no section ${id}`);
}

/**
 * The module with other content in a section.
 * @param {{ id: number, head: number, end: number }} section
 * @param {number[]} begin
 * @param {Uint8Array[]} rest
 */
function compiled({ id, head, end }, begin, rest) {
  const content = Buffer.concat([Uint8Array.from(begin), ...rest]);
  const section = [Uint8Array.from([id, ...leb(content.length)]), content];
  return new WebAssembly.Module(Buffer.concat([FILE.subarray(0, head), ...section, FILE.subarray(end)]));
}

/**
 * A number in LEB128.
 * @param {Buffer} file
 * @param {number} at
 */
function number(file, at) {
  let [value, next] = [0, at];
  for (let shift = 0; ; shift += 7) {
    const byte = file.readUInt8(next);
    next += 1;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, next };
  }
}

/** @param {number} value */
function leb(value) {
  const bytes = [];
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push((value % 0x80) | 0x80);
  return [...bytes, value];
}
