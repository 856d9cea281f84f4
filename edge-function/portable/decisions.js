// Rows of the decision about a request, through the door for fetch-style runtimes.

import { createRequestSealer } from "../src/fetch.js";
import { expect, expectEqual } from "./expect.js";

const SSN = "078-05-1120";
const PERSON = `{"ssn":"${SSN}","n":1.50}`;
const JSON_TYPE = { "content-type": "application/json" };
const FORM_TYPE = { "content-type": "application/x-www-form-urlencoded" };
const TOKEN = /__es1\.pii-1\.[sve]\.[\w.-]+?\.__/g;
const LIMIT = 2_000;

/**
 * @typedef {{ name: string, expected: string, url?: string, tokens?: number } & RequestInit} Row
 * @type {Row[]}
 */
const ROWS = [
  ...["POST", "PUT", "PATCH", "DELETE"].map((method) => (
    { name: method, method, headers: JSON_TYPE, body: PERSON, expected: "sealed", tokens: 1 }
  )),
  ...["GET", "HEAD", "OPTIONS", "POST"].map((method) => ({ name: `${method} without a body`, method, expected: "as it is" })),
  { name: "OPTIONS with a body", method: "OPTIONS", headers: JSON_TYPE, body: PERSON, expected: "400 body_unexpected" },
  { name: "an empty body", method: "POST", headers: JSON_TYPE, body: "", expected: "sealed", tokens: 0 },
  { name: "nothing to encrypt", method: "POST", headers: JSON_TYPE, body: '{"n":1.50}', expected: "sealed", tokens: 0 },
  { name: "a query string", method: "GET", url: `?a=b%20c&ssn=${SSN}`, expected: "sealed", tokens: 1 },
  { name: "a header", method: "GET", headers: { "X-SSN": SSN }, expected: "sealed", tokens: 1 },
  {
    name: "all three", method: "POST", url: `?ssn=${SSN}`, headers: { ...JSON_TYPE, "x-ssn": SSN }, body: PERSON,
    expected: "sealed", tokens: 3,
  },
  {
    name: "NDJSON", method: "POST", headers: { "content-type": "application/x-ndjson" },
    body: `${PERSON}\n${PERSON}\n`, expected: "sealed", tokens: 2,
  },
  { name: "a form", method: "POST", headers: FORM_TYPE, body: `a=b&ssn=${SSN}`, expected: "sealed", tokens: 1 },
  {
    name: "a form of URLSearchParams", method: "POST", body: new URLSearchParams({ ssn: SSN, é: "ü" }),
    expected: "sealed", tokens: 1,
  },
  {
    name: "a passed type", method: "POST", headers: { "content-type": "text/csv" }, body: "id\r\n1\r\n",
    expected: "sealed", tokens: 0,
  },
  {
    name: "identity", method: "POST", headers: { ...JSON_TYPE, "content-encoding": "identity" }, body: PERSON,
    expected: "sealed", tokens: 1,
  },
  {
    name: "gzip", method: "POST", headers: { ...JSON_TYPE, "content-encoding": "gzip" }, body: PERSON,
    expected: "415 content_encoding_unsupported",
  },
  { name: "no content type", method: "POST", body: new TextEncoder().encode(PERSON), expected: "415 content_type_unsupported" },
  { name: "text", method: "POST", body: PERSON, expected: "415 content_type_unsupported" },
  {
    name: "UTF-16 declared", method: "POST", headers: { "content-type": "application/json; charset=utf-16" },
    body: PERSON, expected: "415 content_type_unsupported",
  },
  { name: "not JSON", method: "POST", headers: JSON_TYPE, body: PERSON.slice(1), expected: "400 json_invalid" },
  { name: "not UTF-8", method: "POST", headers: JSON_TYPE, body: Uint8Array.of(0x22, 0xff, 0x22), expected: "400 body_not_utf8" },
  { name: "not a form", method: "POST", headers: FORM_TYPE, body: `ssn=${SSN}&a=%zz`, expected: "400 form_invalid" },
  { name: "not a query string", method: "GET", url: `?ssn=${SSN}&a=%zz`, expected: "400 query_invalid" },
  {
    name: "a foreign token", method: "POST", headers: JSON_TYPE, body: '{"n":"__es1.pii-1.s.AAAA.__"}',
    expected: "400 foreign_token",
  },
  {
    name: "too many values", method: "POST", headers: JSON_TYPE, body: JSON.stringify(Array(41).fill({ ssn: 1 })),
    expected: "413 too_many_values",
  },
  {
    name: "a body of the longest length", method: "POST", headers: JSON_TYPE, body: `"${"x".repeat(LIMIT - 2)}"`,
    expected: "sealed", tokens: 0,
  },
  { name: "a longer one", method: "POST", headers: JSON_TYPE, body: `"${"x".repeat(LIMIT - 1)}"`, expected: "413 body_too_large" },
];

/**
 * @param {import("./suite.js").Context} context
 * @returns {import("./suite.js").Case[]}
 */
export function decisionCases({ module, policy }) {
  return ROWS.map(({ name, expected, url = "", tokens = 0, ...init }) => ({
    name: `decision: ${name}`,
    async work() {
      /** @type {any[]} */
      const entries = [];
      const seal = createRequestSealer(policy, { module, log: (entry) => void entries.push(entry), maxInputBytes: LIMIT });
      const given = new Request(`https://api.example/people${url}`, init);
      const result = await seal(given);
      expectEqual(entries.length, 1, "entries of the log");
      if (result instanceof Response) return checkRefusal(result, expected, entries[0]);
      // One whose body was looked at is made anew, even if nothing in it changed.
      expectEqual(result === given ? "as it is" : "sealed", expected, "request");
      await checkSealed(result, given, tokens, entries[0]);
    },
  }));
}

/**
 * @param {Response} response
 * @param {string} expected
 * @param {any} entry
 */
async function checkRefusal(response, expected, entry) {
  const text = await response.text();
  expectEqual(`${response.status} ${JSON.parse(text).code}`, expected, "refusal");
  expectEqual(response.headers.get("content-type"), "application/problem+json", "type");
  expectEqual(response.headers.get("cache-control"), "no-store", "caching");
  expectEqual([entry.outcome, entry.status, entry.code], ["refused", response.status, JSON.parse(text).code], "log");
  expect(!`${text}${JSON.stringify(entry)}`.includes(SSN), "nothing of the request in the answer and the log");
}

/**
 * @param {Request} request
 * @param {Request} given
 * @param {number} tokens
 * @param {any} entry
 */
async function checkSealed(request, given, tokens, entry) {
  const { method, url, headers } = request;
  const all = [url, JSON.stringify([...headers]), await request.text()].join("\n");
  expectEqual(method, given.method, "method");
  expect(!all.includes(SSN), "no plaintext");
  expectEqual(all.match(TOKEN)?.length ?? 0, tokens, "tokens");
  expectEqual(entry.values ?? 0, tokens, "values in the log");
  expect(!JSON.stringify(entry).includes(SSN), "nothing of the request in the log");
}
