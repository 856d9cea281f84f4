// Generated forms and query strings: mostly well formed, always odd.

import fc from "fast-check";

import { FORM } from "./edge.js";
import { FORM_SNIPPETS, NAMES, VALUES } from "./oddities.js";

/**
 * One of the usual, and sometimes an odd one.
 * @template T
 * @param {fc.Arbitrary<T>} usual
 * @param {fc.Arbitrary<T>} odd
 */
export const mostly = (usual, odd) => fc.oneof({ weight: 9, arbitrary: usual }, odd);

/**
 * A text that is changed at some places.
 * @param {fc.Arbitrary<string>} text
 * @param {string[]} snippets
 */
export const broken = (text, snippets) => {
  const change = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat({ max: 2 }), fc.constantFrom("", ...snippets));
  return fc.tuple(text, fc.array(change, { maxLength: 2 })).map(([text, changes]) =>
    changes.reduce((text, [place, length, snippet]) => {
      const at = Math.floor(place * text.length);
      return text.slice(0, at) + snippet + text.slice(at + length);
    }, text));
};

/** A text as a form has it, in one of its spellings. @param {fc.Arbitrary<string>} text */
const spelled = (text) => fc.tuple(text, fc.nat({ max: 5 })).map(([text, way]) => {
  if (way === 0) return text.replaceAll(/[%&=;+\0]/g, encodeURIComponent);
  if (way === 1) return Array.from(Buffer.from(text), (byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  return new URLSearchParams({ "": text }).toString().slice(1);
});

const anyText = fc.oneof(fc.string({ maxLength: 6 }), fc.string({ unit: "binary", maxLength: 4 }));
const value = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...VALUES) }, anyText);
const name = mostly(fc.constantFrom(...NAMES), value);
const field = fc.tuple(spelled(name), fc.option(spelled(value), { freq: 9 }))
  .map(([name, value]) => (value === null ? name : `${name}=${value}`));
const form = fc.array(field, { maxLength: 6 }).map((fields) => fields.join("&"));
const body = fc.oneof({ weight: 2, arbitrary: form }, broken(form, FORM_SNIPPETS)).map((text) => Buffer.from(text));
const contentType = mostly(fc.constant(FORM), fc.constantFrom(`${FORM}; charset=utf-8`, `${FORM};charset="UTF-8"`, FORM.toUpperCase()));

/** @type {fc.Arbitrary<[body: Buffer, contentType: string]>} */
export const forms = fc.tuple(body, contentType);

/** Query strings: what HTTP lets through in one. @type {typeof forms} */
export const queries = forms.map(([body]) => [Buffer.from(body.toString().replaceAll(/[^\x21\x22\x24-\x7e]/g, "")), FORM]);
