// What the handler may give for an event. It is written from the README and from CloudFront's documentation, and shares no code with the handler.

import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";

import { publicPem } from "../support/keys.js";

/** Bodies in JSON and forms, a query parameter and a header. */
export const POLICY = JSON.stringify({
  version: 1,
  keys: { "pii-1": { public_key: publicPem("rsa2048-a") } },
  fields: [
    { name: "ssn", path: "$..ssn", key: "pii-1" },
    { name: "email", path: "$.email", key: "pii-1", mode: "envelope" },
    { name: "query", query: "ssn", key: "pii-1" },
    { name: "header", header: "x-ssn", key: "pii-1" },
  ],
  content_types: {
    "application/json": "json", "application/*+json": "json", "application/x-ndjson": "ndjson", "application/x-www-form-urlencoded": "form",
  },
});

const SENTINEL = /S3NT1NEL-\d+-/g;
const TOKEN = /^__es1\.pii-1\.[sve]\.[A-Za-z0-9_.-]+\.__$/;
/** What goes, or changes, with the body. */
const DIGESTS = new Set(["content-md5", "digest", "content-digest", "repr-digest", "x-amz-content-sha256"]);

/** @param {number} number */
export const sentinel = (number) => `S3NT1NEL-${number}-`;

/**
 * Throws if the handler's answer to an event is not one that it may give.
 * @param {any} event
 * @param {any} result
 * @param {unknown[]} entries of the log
 */
export function check(event, result, entries) {
  assert.doesNotMatch(JSON.stringify(entries), SENTINEL, "the log has a value");
  assert.equal(entries.length, 1, "one line of the log");
  assert.ok(typeof result === "object" && result !== null);
  if ("status" in result && !("method" in result)) return checkRefusal(result, /** @type {any} */ (entries[0]));
  const request = event?.Records?.[0]?.cf?.request;
  assert.ok(typeof request === "object" && request !== null, "there is no request that could go on");
  assert.equal(event.Records.length, 1);
  assert.equal(event.Records[0].cf.config.eventType, "origin-request");

  const changes = new Set(Object.keys({ ...request, ...result }).filter((name) => !isDeepStrictEqual(result[name], request[name])));
  for (const name of changes) assert.ok(["headers", "querystring", "body"].includes(name), "another member has changed");
  const before = read(request);
  const after = read(result);
  checkHeaders(request.headers, result.headers, changes.has("body"));
  compareForms(before.query, after.query, isOfQuery);
  checkBody(request, before, after);

  // A secret that stood nowhere else is nowhere any more.
  const left = new Set(sentinelsOf(JSON.stringify([before.rest, headersOf(request, false)])));
  const there = sentinelsOf([JSON.stringify(result), after.text, decodeURIComponentLeniently(after.query)].join("\n"));
  for (const one of there) assert.ok(left.has(one), "a value that is protected goes on");
}

/** @param {any} result @param {any} entry */
function checkRefusal(result, entry) {
  assert.deepEqual(Object.keys(result).sort(), ["body", "bodyEncoding", "headers", "status", "statusDescription"]);
  assert.match(result.status, /^(4\d\d|5\d\d)$/);
  const problem = JSON.parse(result.body);
  assert.deepEqual(Object.keys(problem), ["type", "title", "status", "code"]);
  assert.match(problem.code, /^[a-z0-9_]+$/);
  assert.equal(String(problem.status), result.status);
  assert.equal(entry.code, problem.code);
  assert.notEqual(problem.code, "internal", `a mistake: ${entry.error}`);
  assert.doesNotMatch(JSON.stringify(result), SENTINEL, "the response has a value");
}

/** @param {Record<string, any[]>} before @param {Record<string, any[]>} after @param {boolean} bodyChanged */
function checkHeaders(before, after, bodyChanged) {
  for (const [name, fields] of Object.entries(before)) {
    const lower = name.toLowerCase();
    if (bodyChanged && DIGESTS.has(lower)) continue;
    const now = Object.hasOwn(after, name) ? after[name] : undefined;
    if (fields.length === 0) continue;
    assert.ok(now !== undefined && now.length === fields.length, "a header is gone");
    fields.forEach((field, i) => {
      if (lower === "x-ssn") assert.match(now[i].value, TOKEN);
      else assert.equal(now[i].value, field.value, "a header that no rule is for has changed");
    });
  }
  for (const name of Object.keys(after)) assert.ok(Object.hasOwn(before, name), "there is another header");
}

/** @typedef {ReturnType<typeof read>} Parts */

/** @param {any} request @param {Parts} before @param {Parts} after */
function checkBody(request, before, after) {
  if (before.bytes.length === 0) return assert.deepEqual(after.bytes, before.bytes);
  assert.notEqual(request.body.inputTruncated, true, "a body that was cut goes on");
  assert.ok(["POST", "PUT", "PATCH", "DELETE"].includes(request.method), "a body goes on that must not be there");
  if (before.type.endsWith("json") && !before.type.includes("nd")) compare(JSON.parse(before.text), JSON.parse(after.text), []);
  else if (before.type === "application/x-ndjson") {
    const [lines, linesAfter] = [before, after].map(({ text }) => text.split("\n"));
    assert.equal(lines?.length, linesAfter?.length);
    lines?.forEach((line, i) => line.trim() && compare(JSON.parse(line), JSON.parse(linesAfter?.[i] ?? ""), []));
  } else {
    assert.equal(before.type, "application/x-www-form-urlencoded", "a body of another type goes on");
    compareForms(before.text, after.text, isOfForm);
  }
}

/**
 * JSON as JavaScript reads it, before and after.
 * @param {any} before
 * @param {any} after
 * @param {string[]} path
 */
function compare(before, after, path) {
  if (path.at(-1) === "ssn" || (path.length === 1 && path[0] === "email")) {
    if (before !== null) assert.match(after, TOKEN);
    return;
  }
  if (typeof before !== "object" || before === null) return assert.ok(Object.is(before, after), "what no rule is for has changed");
  assert.deepEqual(Object.keys(before), Object.keys(after));
  for (const name of Object.keys(before)) compare(before[name], after[name], [...path, Array.isArray(before) ? `[${name}]` : name]);
}

/** @param {string} before @param {string} after @param {(name: string) => boolean} isProtected */
function compareForms(before, after, isProtected) {
  const [fields, fieldsAfter] = [before, after].map((text) => text.split("&"));
  assert.equal(fields?.length, fieldsAfter?.length);
  fields?.forEach((field, i) => {
    const now = fieldsAfter?.[i] ?? "";
    const [pair] = new URLSearchParams(field);
    if (pair !== undefined && field.includes("=") && isProtected(pair[0])) {
      assert.match(now.slice(now.indexOf("=") + 1), TOKEN);
    } else assert.equal(now, field, "a field that no rule is for has changed");
  });
}

/** The steps of a field's name, read as a path; quotation marks around one are left out. @param {string} name */
const stepsOf = (name) => {
  const steps = name.split(/[[.]/);
  return steps.length === 1 ? steps : steps.map((step) => step.replace(/\]$/, "").replace(/^["']+|["']+$/g, ""));
};

/** @param {string} name */
const isOfQuery = (name) => stepsOf(name)[0] === "ssn";

/** @param {string} name */
const isOfForm = (name) => stepsOf(name).includes("ssn") || stepsOf(name)[0] === "email";

/** The parts of a request as an origin reads them, and in `rest` what no rule is for. @param {any} request */
function read(request) {
  const query = request.querystring ?? "";
  const { data = "", encoding } = request.body ?? {};
  const bytes = Buffer.from(data, encoding === "base64" ? "base64" : "utf8");
  const types = Object.entries(request.headers).filter(([name]) => name.toLowerCase() === "content-type").flatMap(([, fields]) => fields);
  const type = String(types[0]?.value ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  const text = bytes.toString("utf8");
  const rest = [plainFields(query, isOfQuery)];
  if (type.includes("json")) {
    for (const line of type.includes("nd") ? text.split("\n") : [text]) rest.push(plainJson(line));
  } else rest.push(plainFields(text, isOfForm));
  const { body: _, querystring: __, headers: ___, ...others } = request;
  return { query, bytes, type, text, rest: [rest, JSON.stringify(others)] };
}

/** @param {string} text @param {(name: string) => boolean} isProtected */
function plainFields(text, isProtected) {
  const isPlain = (/** @type {string} */ field) => {
    const [pair] = new URLSearchParams(field);
    return pair === undefined || !field.includes("=") || !isProtected(pair[0]);
  };
  return text.split("&").filter(isPlain).map(decodeURIComponentLeniently);
}

/** The strings of JSON text in which no rule has an interest; names that come twice, which JSON.parse hides, included. @param {string} text */
function plainJson(text) {
  const plain = [];
  /** @type {{ isObject: boolean, isProtected: boolean }[]} */
  const open = [];
  let name;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\[^])*"|[{}[\],:]|[^\s{}[\],:"]+/g)) {
    const inside = open.at(-1);
    if (token === "{" || token === "[") {
      open.push({ isObject: token === "{", isProtected: (inside?.isProtected ?? false) || isRule(name, open.length) });
      name = undefined;
    } else if (token === "}" || token === "]") open.pop();
    else if (token === ",") name = undefined;
    else if (token.startsWith('"') && inside?.isObject && name === undefined) name = parsed(token);
    else if (token.startsWith('"') && !inside?.isProtected && !isRule(name, open.length)) plain.push(token);
  }
  return plain;
}

/** @param {string | undefined} name @param {number} depth */
function isRule(name, depth) {
  return name === "ssn" || (name === "email" && depth === 1);
}

/** @param {string} token */
function parsed(token) {
  try {
    return String(JSON.parse(token));
  } catch {
    return token;
  }
}

/** @param {any} request @param {boolean} isProtected */
function headersOf(request, isProtected) {
  return Object.entries(request.headers).filter(([name]) => (name.toLowerCase() === "x-ssn") === isProtected);
}

/** @param {string} text */
function sentinelsOf(text) {
  return text.match(SENTINEL) ?? [];
}

/** @param {string} text */
function decodeURIComponentLeniently(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
