// Generated multipart/form-data: mostly well formed, always odd.

import fc from "fast-check";

import { broken, mostly } from "./fields.js";
import { BOUNDARIES, BOUNDARY, CONTENTS, HEADERS, inner, JSON_TEXTS, NAME_PARAMETERS, PARAMETERS, PART_SNIPPETS, QUOTED_NAMES } from "./oddities.js";

/** @type {string[]} */
const NOTHING = [];
const ofPart = (/** @type {string[]} */ ...texts) => fc.constantFrom(...texts);
const anyText = fc.string({ unit: "binary", maxLength: 6 });

const name = mostly(ofPart("ssn", "ssn", "SSN", "ssn[]", "a", "b"), fc.oneof(ofPart(...QUOTED_NAMES), anyText));
const more = fc.tuple(ofPart(...NAME_PARAMETERS), name).map(([parameter, name]) => [parameter.replace("@", name)]);
const disposition = fc.tuple(
  mostly(ofPart("Content-Disposition: "), ofPart("content-disposition:", "Content-Disposition:\t")),
  mostly(ofPart("form-data"), ofPart("FORM-DATA", "attachment", "form-data ")),
  mostly(name.map((name) => `name="${name}"`), name.map((name) => `name=${name}`)),
  mostly(fc.constant(NOTHING), more),
  fc.boolean(),
  mostly(ofPart("; "), ofPart(";", " ; ", ";\t", ";;", ", ")),
).map(([header, kind, named, more, isLast, separator]) => header + [kind, ...ordered(named, more, isLast)].join(separator));

/** The right one. */
const LENGTH = "Content-Length: @";
const headers = fc.tuple(
  disposition,
  mostly(fc.constantFrom(NOTHING, NOTHING, ["Content-Type: text/plain"], [LENGTH]), ofPart(...HEADERS).map((header) => [header])),
  fc.boolean(),
).map((texts) => ordered(...texts).map((line) => `${line}\r\n`).join(""));
const content = fc.oneof({ weight: 3, arbitrary: ofPart(...CONTENTS) }, anyText);

const JSON_PART = 'Content-Disposition: form-data; name="ssn"\r\nContent-Type: application/json\r\n';
const jsonHeaders = ofPart(JSON_PART, JSON_PART.replace("ssn", "a"), `${LENGTH}\r\n${JSON_PART}`);
const part = mostly(fc.tuple(headers, content), fc.tuple(jsonHeaders, ofPart(...JSON_TEXTS))).map(([headers, content]) => {
  const length = LENGTH.replace("@", String(Buffer.byteLength(content)));
  return `${headers.replace(LENGTH, length)}\r\n${content}\r\n`;
});

/** Content-Type and body. @type {fc.Arbitrary<[contentType: string, body: string]>} */
const whole = fc.tuple(
  mostly(fc.constantFrom(...BOUNDARIES.slice(0, 2)), fc.constantFrom(...BOUNDARIES)),
  mostly(fc.constant(NOTHING), ofPart(...PARAMETERS).map((parameter) => [parameter])),
  fc.boolean(),
  fc.array(part, { minLength: 1, maxLength: 4 }),
  mostly(ofPart(""), ofPart("\r\n", "\n", "preamble\r\n", inner(BOUNDARY))),
  mostly(ofPart("--\r\n"), ofPart("--", "", "\r\n", "-", "--\n", "--\r\nepilogue", "-- \r\n", `--\r\n${inner(BOUNDARY)}`)),
).map(([[said, boundary], more, isLast, parts, before, after]) => {
  const contentType = ["multipart/form-data", ...ordered(`boundary=${said}`, more, isLast)].join("; ");
  return [contentType, `${before}${parts.map((part) => `--${boundary}\r\n${part}`).join("")}--${boundary}${after}`];
});

/** @type {fc.Arbitrary<[body: Buffer, contentType: string]>} */
export const multiparts = whole.chain(([contentType, body]) => {
  const lines = mostly(fc.constant(body), fc.constant(body.replaceAll("\r\n", "\n")));
  return fc.tuple(mostly(lines, broken(lines, PART_SNIPPETS)).map((body) => Buffer.from(body)), fc.constant(contentType));
});

/**
 * @param {string} text
 * @param {string[]} more
 * @param {boolean} isLast the text, and not what is more
 */
function ordered(text, more, isLast) {
  return isLast ? [...more, text] : [text, ...more];
}
