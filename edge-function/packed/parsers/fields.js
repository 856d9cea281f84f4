// Generated forms: mostly well formed, always odd.

import fc from "fast-check";

import { FORM } from "./edge.js";

/** Spellings of the protected name, and what only some parsers take for one. */
export const NAMES = ["ssn", "ssn", "ssn", "SSN", "ſsn", "sSn", " ssn", "ssn ", "?ssn", "[ssn]", "ssn[]", "ssn[0]", "a[ssn]", "ssn[a]", "ssn.a", "a.ssn", "a[ssn]b", "a[ssn]]", "a[ssn", "ssn]", ".ssn", "u.ssn", "a[u.ssn]", "u.ssn[]", "\ufeffssn", "ssn\0", "ssn;a", "ssn,a", "_charset_", "utf8", "a", "b", ""];
export const VALUES = ["078-05-1120", "", "1", "é", "utf-8", "UTF-8", "iso-8859-1", "ssn=1", "&ssn=1", "[ssn]=1", "a]=1", "✓", "&#10003;", "1,2", "a b", "%", "+", "\r\n", "\0", "__proto__"];
/** Bytes that mean something to some parser. */
const SNIPPETS = ["&", "=", ";", "?", "[", "]", "]=", "[]", "%", "%5B", "%5d=", "%3D", "%26", "%00", "%zz", "%e9", "%C3%A9", "%EF%BB%BF", "+", "\0", "\n", "\r\n", "\ufeff", "é", "ssn=", "&ssn=1", "#", "/", "amp;", "%73sn"];

/**
 * One of the usual, and sometimes an odd one.
 * @template T
 * @param {fc.Arbitrary<T>} usual
 * @param {fc.Arbitrary<T>} odd
 */
export const mostly = (usual, odd) => fc.oneof({ weight: 9, arbitrary: usual }, odd);

/** A text as a form has it, in one of its spellings. @param {fc.Arbitrary<string>} text */
const spelled = (text) => fc.tuple(text, fc.nat({ max: 5 })).map(([text, way]) => {
  if (way === 0) return text.replaceAll(/[%&=;+\0]/g, encodeURIComponent);
  if (way === 1) return Array.from(Buffer.from(text), (byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  return new URLSearchParams({ "": text }).toString().slice(1);
});

const text = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...VALUES) }, fc.string({ maxLength: 6 }), fc.string({ unit: "binary", maxLength: 4 }));
const name = fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...NAMES) }, text);
const field = fc.tuple(spelled(name), fc.option(spelled(text), { freq: 9 })).map(([name, value]) => (value === null ? name : `${name}=${value}`));
const form = fc.array(field, { maxLength: 6 }).map((fields) => fields.join("&"));

/** Changes a text at some places. @param {fc.Arbitrary<string>} text @param {string[]} snippets */
export const broken = (text, snippets) => {
  const change = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat({ max: 2 }), fc.constantFrom("", ...snippets));
  return fc.tuple(text, fc.array(change, { maxLength: 2 })).map(([text, changes]) =>
    changes.reduce((text, [place, length, snippet]) => {
      const at = Math.floor(place * text.length);
      return text.slice(0, at) + snippet + text.slice(at + length);
    }, text));
};

const body = fc.oneof({ weight: 2, arbitrary: form }, broken(form, SNIPPETS)).map((text) => Buffer.from(text));
const contentType = fc.oneof({ weight: 5, arbitrary: fc.constant(FORM) }, fc.constantFrom(`${FORM}; charset=utf-8`, `${FORM};charset="UTF-8"`, FORM.toUpperCase()));

/** @type {fc.Arbitrary<[body: Buffer, contentType: string]>} */
export const forms = fc.tuple(body, contentType);

/** Query strings: what HTTP lets through in one. */
export const queries = forms.map(([body]) => /** @type {[Buffer, string]} */ ([Buffer.from(body.toString().replaceAll(/[^\x21\x22\x24-\x7e]/g, "")), FORM]));
