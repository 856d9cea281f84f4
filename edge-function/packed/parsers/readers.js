// Parsers of forms that are not ours, and what each of them reads. One that refuses a body rejects.

import express4 from "express4";
import express5 from "express5";
import qs from "qs";
import querystring from "node:querystring";
import url from "node:url";

import { readWithPython } from "./python.js";
import { readWithBusboy, readWithFormidable, readWithMultiparty, requestOf } from "./streams.js";

/**
 * A field or a file: its name (where a parser makes objects of fields, all names on the way to it), and its text.
 * @typedef {[path: string[], text: string]} Entry
 * @typedef {(body: Buffer, contentType: string) => Promise<Entry[]>} Reader
 *
 * The last says which bodies it reads as they are meant, so that it finds the same in them once they are sealed.
 * @typedef {[name: string, read: Reader, isMeant?: (body: Buffer) => boolean]} Named
 */

/** @type {Named[]} */
export const OF_FORMS = [
  ["URLSearchParams", async (body) => [...new URLSearchParams(body.toString())].map(([name, value]) => [[name], value])],
  ["Response.formData", readFormData],
  ["node:querystring", async (body) => entriesOf({ ...querystring.parse(body.toString(), "&", "=", { maxKeys: 0 }) })],
  ["qs", async (body) => entriesOf(qs.parse(body.toString())), hasPlainNames],
  ["Express 4", ofExpress(express4, false)],
  ["Express 4, extended", ofExpress(express4, true), hasPlainNames],
  ["Express 5", ofExpress(express5, false), hasPlainNames],
  ["Express 5, extended", ofExpress(express5, true), hasPlainNames],
  ["busboy", readWithBusboy, isAscii],
  ["formidable", readWithFormidable, isAscii],
  ["urllib.parse", readWithPython("urllib.parse")],
];

/** @type {Named[]} */
export const OF_QUERIES = [
  ["URL", async (query) => [...new URL(`http://a/?${query}`).searchParams].map(([name, value]) => [[name], value])],
  ["url.parse", async (query) => entriesOf({ ...url.parse(`/?${query}`, true).query })],
  ...OF_FORMS.filter(([name]) => /^(URLSearchParams|node:querystring|qs|urllib.parse)$/.test(name)),
];

/** @type {Named[]} */
export const OF_PARTS = [
  ["Response.formData", readFormData, hasNoMark],
  ["busboy", readWithBusboy],
  ["formidable", readWithFormidable],
  ["multiparty", readWithMultiparty],
  ["email.policy.compat32", readWithPython("email.policy.compat32")],
  ["email.policy.default", readWithPython("email.policy.default")],
];

/** Some take other bytes for another encoding. @param {Buffer} body */
function isAscii(body) {
  return body.every((byte) => byte < 0x80);
}

/** What becomes of `a=1&a[b]=2` depends on what the values are. @param {Buffer} body */
function hasPlainNames(body) {
  return !/\[|%5b/i.test(body.toString());
}

/** Some cut it off a value, of which it is a part for others. @param {Buffer} body */
function hasNoMark(body) {
  return !body.includes("\ufeff");
}

/** That of Node.js itself. @type {Reader} */
async function readFormData(body, contentType) {
  const data = await new Response(new Uint8Array(body), { headers: { "content-type": contentType } }).formData();
  return Promise.all([...data].map(async ([name, value]) => [[name], typeof value === "string" ? value : await value.text()]));
}

/**
 * @param {{ urlencoded: typeof import("express").urlencoded }} express
 * @param {boolean} extended
 * @returns {Reader}
 */
function ofExpress(express, extended) {
  const middleware = express.urlencoded({ extended });
  return (body, contentType) => new Promise((resolve, reject) => {
    const request = /** @type {any} */ (requestOf(body, contentType));
    middleware(request, /** @type {any} */ ({}), (error) => (error ? reject(error) : resolve(entriesOf(request.body ?? {}))));
  });
}

/**
 * The strings of an object. Those of an array of strings have its name: some parsers make one of fields of one name.
 * @param {unknown} value
 * @param {string[]} [path]
 * @returns {Entry[]}
 */
function entriesOf(value, path = []) {
  if (typeof value === "string") return [[path, value]];
  if (Array.isArray(value)) return value.flatMap((item) => entriesOf(item, path));
  return Object.entries(value ?? {}).flatMap(([name, item]) => entriesOf(item, [...path, name]));
}
