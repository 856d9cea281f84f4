// What becomes of a request, row by row.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { codesOf } from "../support/documented.js";
import { atOrigin, body, event, headers, JSON_TYPE } from "../support/event.js";
import { breakInstance } from "../support/instance.js";
import { POLICY, policyOf } from "../support/policy.js";
import { withRandom } from "../support/random.js";
import { sender } from "../support/send.js";

const SECRET = "078-05-1120";
const PERSON = JSON.stringify({ ssn: SECRET, note: "n" });
const UTF16 = Buffer.from(PERSON, "utf16le");
/** @param {string} value */
const type = (value) => headers(["Content-Type", value]);
/** @param {string} value */
const coding = (value) => headers(JSON_TYPE, ["Content-Encoding", value]);
const person = body(PERSON);

const SSN = { path: "$..ssn" };
/** Names every type that there is a format for. */
const TYPES = policyOf([SSN], {
  content_types: {
    "application/json": "json",
    "application/*+json": "json",
    "application/x-ndjson": "ndjson",
    "application/x-www-form-urlencoded": "form",
    "multipart/form-data": "multipart",
    "text/plain": "pass",
  },
});
const FORM = type("application/x-www-form-urlencoded");
const MULTIPART = type("multipart/form-data; boundary=b");
/** @param {string} name */
const part = (name, value = SECRET) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--b--\r\n`;
/** @param {"recompute" | "refuse"} action */
const digests = (action) => policyOf([SSN], { digest_headers: { digest: action } });
const signed = { headers: headers(JSON_TYPE, ["Digest", "SHA-256=AAAA"]), body: person };
const QUERY = policyOf([{ query: "ssn" }]);
const query = { method: "GET", querystring: `a=b&ssn=${SECRET}` };
const header = { method: "GET", headers: headers(["X-SSN", SECRET]) };

/**
 * @typedef {(send: () => Promise<any>) => Promise<any>} Around
 * @type {[name: string, request: Record<string, unknown>, expected: string, policy?: string, around?: Around][]}
 */
const ROWS = [
  // Methods and the presence of a body
  ["POST", { body: person }, "encrypted"],
  ["PUT", { method: "PUT", body: person }, "encrypted"],
  ["PATCH", { method: "PATCH", body: person }, "encrypted"],
  ["DELETE", { method: "DELETE", body: person }, "encrypted"],
  ["POST without body member", {}, "body_missing 411"],
  ["PUT without body member", { method: "PUT" }, "body_missing 411"],
  ["PATCH without body member", { method: "PATCH" }, "body_missing 411"],
  ["DELETE without body member", { method: "DELETE" }, "body_missing 411"],
  ["OPTIONS without body member, with a length", { method: "OPTIONS", headers: headers(["Content-Length", "9"]) }, "body_missing 411"],
  ["GET without body member, in chunks", { method: "GET", headers: headers(["Transfer-Encoding", "chunked"]) }, "body_missing 411"],
  ["GET without body member, of length 0", { method: "GET", headers: headers(["Content-Length", "0"]) }, "passed"],
  ["POST, empty", { body: body("") }, "passed"],
  ["DELETE, empty", { method: "DELETE", body: body("") }, "passed"],
  ["POST, empty, of no type", { headers: headers(), body: body("") }, "passed"],
  ["POST, empty, encoded", { headers: coding("gzip"), body: body("") }, "passed"],
  ["GET", { method: "GET" }, "passed"],
  ["GET, empty", { method: "GET", body: body("") }, "passed"],
  ["HEAD", { method: "HEAD" }, "passed"],
  ["HEAD, empty", { method: "HEAD", body: body("") }, "passed"],
  ["OPTIONS", { method: "OPTIONS" }, "passed"],
  ["OPTIONS, empty", { method: "OPTIONS", body: body("") }, "passed"],
  ["GET with a body", { method: "GET", body: person }, "body_unexpected 400"],
  ["HEAD with a body", { method: "HEAD", body: person }, "body_unexpected 400"],
  ["OPTIONS with a body", { method: "OPTIONS", body: person }, "body_unexpected 400"],
  ["TRACE", { method: "TRACE" }, "event_invalid 500"],
  ["lower case", { method: "post", body: person }, "event_invalid 500"],

  // Truncation
  ["truncated", { body: { ...person, inputTruncated: true } }, "body_truncated 413"],
  ["truncated to nothing", { body: { ...body(""), inputTruncated: true } }, "body_truncated 413"],
  ["truncated GET", { method: "GET", body: { ...body(""), inputTruncated: true } }, "body_truncated 413"],
  ["truncation not said", { body: { ...person, inputTruncated: undefined } }, "encrypted"],
  ["truncation of another type", { body: { ...person, inputTruncated: "false" } }, "event_invalid 500"],

  // Content coding
  ["identity", { headers: coding("identity"), body: person }, "encrypted"],
  ["identity, written otherwise", { headers: coding(" Identity "), body: person }, "encrypted"],
  ["gzip", { headers: coding("gzip"), body: person }, "content_encoding_unsupported 415"],
  ["br", { headers: coding("br"), body: person }, "content_encoding_unsupported 415"],
  ["gzip, gzip", { headers: coding("gzip, gzip"), body: person }, "content_encoding_unsupported 415"],
  ["identity, gzip", { headers: coding("identity, gzip"), body: person }, "content_encoding_unsupported 415"],
  ["no coding named", { headers: coding(""), body: person }, "content_encoding_unsupported 415"],
  ["gzip in a second header", {
    headers: headers(JSON_TYPE, ["Content-Encoding", "identity"], ["Content-Encoding", "gzip"]),
    body: person,
  }, "content_encoding_unsupported 415"],
  ["gzip under a name in upper case", {
    headers: { ...headers(JSON_TYPE), "CONTENT-ENCODING": [{ value: "gzip" }] },
    body: person,
  }, "content_encoding_unsupported 415"],

  // Content type
  ["charset", { headers: type("application/json; charset=UTF-8"), body: person }, "encrypted"],
  ["+json", { headers: type("application/vnd.api+json"), body: person }, "encrypted"],
  ["ndjson", { headers: type("application/x-ndjson"), body: body(`${PERSON}\n${PERSON}\n`) }, "encrypted"],
  ["no content type", { headers: headers(), body: person }, "content_type_unsupported 415"],
  ["empty content type", { headers: type(""), body: person }, "content_type_unsupported 415"],
  ["text", { headers: type("text/plain"), body: person }, "content_type_unsupported 415"],
  ["form", { headers: type("application/x-www-form-urlencoded"), body: body("a=b") }, "content_type_unsupported 415"],
  ["multipart", { headers: type("multipart/form-data; boundary=b"), body: person }, "content_type_unsupported 415"],
  ["JSON Patch", { headers: type("application/json-patch+json"), body: body("[]") }, "content_type_unsupported 415"],
  ["UTF-16 declared", { headers: type("application/json; charset=utf-16"), body: body(UTF16) }, "content_type_unsupported 415"],
  ["two content types", { headers: headers(JSON_TYPE, JSON_TYPE), body: person }, "content_type_unsupported 415"],
  ["two content types in one", { headers: type("application/json, text/plain"), body: person }, "content_type_unsupported 415"],
  ["a second one under another name", {
    headers: { ...headers(JSON_TYPE), "Content-Type": [{ value: "text/plain" }] },
    body: person,
  }, "content_type_unsupported 415"],

  // Encoding of the event
  ["text", { body: { ...person, encoding: "text", data: PERSON } }, "encrypted"],
  ["text with a lone surrogate", { body: { ...person, encoding: "text", data: '"\ud800"' } }, "body_not_base64 400"],
  ["another encoding", { body: { ...person, encoding: "hex" } }, "event_invalid 500"],
  ["no encoding", { body: { ...person, encoding: undefined } }, "event_invalid 500"],
  ["base64 without padding", { body: { ...person, data: "e30" } }, "body_not_base64 400"],
  ["base64 with bits left over", { body: { ...person, data: "e31=" } }, "body_not_base64 400"],
  ["base64 with white space", { body: { ...person, data: "e3 0=" } }, "body_not_base64 400"],
  ["base64 ended by a line feed", { body: { ...person, data: "e30=\n" } }, "body_not_base64 400"],
  ["base64url", { body: { ...person, data: Buffer.from('"ÿÿÿ"').toString("base64url") } }, "body_not_base64 400"],
  ["not base64 at all", { body: { ...person, data: "{}" } }, "body_not_base64 400"],

  // What the library refuses
  ["nothing to encrypt", { body: body('{"note": 1.50}') }, "unchanged"],
  ["not JSON", { body: body(`{"ssn": ${SECRET}}`) }, "json_invalid 400"],
  ["JSON cut off", { body: body(PERSON.slice(0, -1)) }, "json_invalid 400"],
  ["not UTF-8", { body: body(Buffer.of(0x22, 0xff, 0x22)) }, "body_not_utf8 400"],
  ["byte order mark", { body: body(`\ufeff${PERSON}`) }, "body_not_utf8 400"],
  ["UTF-16", { body: body(UTF16) }, "json_invalid 400"],
  ["too deep", { body: body("[".repeat(129) + "]".repeat(129)) }, "json_too_deep 400"],
  ["a foreign token", { body: body('{"note": "__es1.pii-1.s.AAAA.__"}') }, "foreign_token 400"],
  ["a foreign token, escaped", { body: body('{"note": "\\u005f_es1.pii-1.s.AAAA.__"}') }, "foreign_token 400"],
  ["a number under classic tags", { body: body('{"nick": 1}') }, "value_not_string 422"],
  ["too many values", { body: body(JSON.stringify({ ssn: 0, a: Array(1000).fill({ ssn: SECRET }) })) }, "too_many_values 413"],

  // Every content type that there is a format for
  ["JSON, named", { body: person }, "encrypted", TYPES],
  ["+json, named", { headers: type("application/vnd.api+json"), body: person }, "encrypted", TYPES],
  ["NDJSON, named", { headers: type("application/x-ndjson"), body: body(`${PERSON}\n`) }, "encrypted", TYPES],
  ["NDJSON, one line not JSON", { headers: type("application/x-ndjson"), body: body(`${PERSON}\n{`) }, "json_invalid 400", TYPES],
  ["form, named", { headers: FORM, body: body(`a=b&ssn=${SECRET}`) }, "encrypted", TYPES],
  ["form in ISO 8859-1", {
    headers: type("application/x-www-form-urlencoded; charset=iso-8859-1"),
    body: body("a=b"),
  }, "content_type_unsupported 415", TYPES],
  ["form that parsers read differently", { headers: FORM, body: body(`a=%zz&ssn=${SECRET}`) }, "form_invalid 400", TYPES],
  ["JSON said to be a form", { headers: FORM, body: body('{"a":1}') }, "unchanged", TYPES],
  ["multipart, named", { headers: MULTIPART, body: body(part("ssn")) }, "encrypted", TYPES],
  ["multipart without the field", { headers: MULTIPART, body: body(part("a", "1")) }, "unchanged", TYPES],
  ["multipart that parsers read differently", { headers: MULTIPART, body: body(`x${part("ssn")}`) }, "multipart_invalid 400", TYPES],
  ["text that the policy passes", { headers: type("text/plain"), body: body("note") }, "unchanged", TYPES],
  ["a foreign token in text", { headers: type("text/plain"), body: body("__es1.pii-1.s.AAAA.__") }, "foreign_token 400", TYPES],
  ["not named", { headers: type("application/xml"), body: person }, "content_type_unsupported 415", TYPES],

  // What rules and options refuse
  ["a required field missing", { body: body('{"n":1}') }, "field_missing 422", policyOf([{ ...SSN, required: true }])],
  ["a required field, but no body", { method: "GET" }, "passed", policyOf([{ ...SSN, required: true }])],
  ["a name twice", { body: body('{"a":1,"a":2}') }, "duplicate_name 400", policyOf([SSN], { duplicate_names: "refuse" })],
  ["a value too long", { body: body(`{"ssn":"${"x".repeat(191)}"}`) }, "value_too_long 422", policyOf([
    { ...SSN, oversize: "reject" },
  ])],
  ["a value left elsewhere", { body: body(`{"ssn":"${SECRET}","note":"my ${SECRET}"}`) }, "value_left 422", policyOf([SSN], {
    leftovers: { min_chars: 8, action: "refuse" },
  })],
  ["too long after encryption", { body: body(`{"ssn":"","n":"${"x".repeat(997_500)}"}`) }, "output_too_large 413"],
  ["a rule that only reports", { body: body('{"ssn":"1"}') }, "unchanged", policyOf([{ ...SSN, action: "report" }])],
  ["a digest that is not that of the body", signed, "digest_mismatch 400", digests("recompute")],
  ["a digest that the policy keeps", signed, "body_signed 400", digests("refuse")],

  // Query string and headers, with and without a body
  ["a query parameter", query, "encrypted", QUERY],
  ["a query string that parsers read differently", { method: "GET", querystring: "a=%zz" }, "query_invalid 400", QUERY],
  ["a query string that no rule is for", { method: "GET", querystring: "a=%zz" }, "passed"],
  ["a required parameter missing", { method: "GET", querystring: "" }, "field_missing 422", policyOf([
    { query: "ssn", required: true },
  ])],
  ["a foreign token in the query string", { method: "GET", querystring: "a=__es1.k.s.A.__" }, "foreign_token 400", QUERY],
  ["a URL too long after encryption", {
    method: "GET",
    querystring: `ssn=${SECRET}&a=${"b".repeat(8_000)}`,
  }, "head_too_large 413", QUERY],
  ["a header", header, "encrypted", policyOf([{ header: "x-ssn" }])],
  ["a header that is not there", { method: "GET" }, "unchanged", policyOf([{ header: "x-ssn" }])],
  ["a required header missing", { method: "GET" }, "field_missing 422", policyOf([{ header: "x-ssn", required: true }])],
  ["a body not shown, and rules for the query string", { ...query, method: "POST" }, "body_missing 411", QUERY],

  // What fails
  ["a trap", { body: person }, "internal 500", POLICY, (send) => (breakInstance(), send())],
  ["after the trap", { body: person }, "encrypted"],
  ["no randomness", { body: person }, "randomness_failed 503", POLICY, (send) => withRandom(() => {}, send)],
  ["a policy that does not load", { body: person }, "policy_refused 503", "{}"],
  ["a policy that does not load, and no body", { method: "GET" }, "policy_refused 503", "{}"],

  // Shapes that no event has
  ["headers missing", { headers: undefined, body: person }, "event_invalid 500"],
  ["a header that is text", { headers: { "content-type": "application/json" }, body: person }, "event_invalid 500"],
  ["a header without value", { headers: { "content-type": [{ key: "Content-Type" }] }, body: person }, "event_invalid 500"],
  ["no method", { method: undefined, body: person }, "event_invalid 500"],
  ["body that is text", { body: PERSON }, "event_invalid 500"],
  ["body that is null", { body: null }, "event_invalid 500"],
  ["data missing", { body: { ...person, data: undefined } }, "event_invalid 500"],
  ["data of another type", { body: { ...person, data: { toString: PERSON } } }, "event_invalid 500"],
  ["a query string that is a list", { querystring: ["a=b"], body: person }, "event_invalid 500"],
  ["a path that is a number", { uri: 1, body: person }, "event_invalid 500"],
];

/** @type {Around} */
const alone = (send) => send();

/** @type {Map<string, ReturnType<typeof sender>>} */
const senders = new Map();
const seen = new Set();

for (const [name, request, expected, policy = POLICY, around = alone] of ROWS) {
  test(`${name}: ${expected}`, async () => {
    const send = senders.get(policy) ?? sender(policy);
    senders.set(policy, send);
    const { given, result, entry, said } = await around(() => send(request));
    assert.equal(said, expected);
    seen.add(entry.code);

    if (entry.outcome === "refused") {
      assertRefusal(result, entry);
    } else if (entry.outcome === "encrypted") {
      assert.ok(entry.values > 0);
      assert.notEqual(result, given);
    } else {
      assert.equal(result, given);
    }
    const visible = Buffer.concat([atOrigin(result), Buffer.from(JSON.stringify({ ...result, entry }))]);
    assert.ok(!visible.includes(SECRET), "neither the origin nor the log sees plaintext");
    assert.ok(!visible.includes(Buffer.from(SECRET, "utf16le")));
  });
}

after(() => {
  seen.delete(undefined);
  const documented = [...codesOf("Encrypting a body").keys(), ...codesOf("In the edge function").keys()];
  // One is of the other doors, and nobody knows how to provoke the other.
  const missing = documented.filter((code) => !seen.has(code) && code !== "body_too_large" && code !== "encryption_failed");
  assert.deepEqual(missing, [], "every documented code has a row");
});

/** @type {[name: string, event: any][]} */
const OTHER_EVENTS = [
  ["nothing", undefined],
  ["null", null],
  ["text", "event"],
  ["an empty object", {}],
  ["no record", { Records: [] }],
  ["two records", { Records: [...event({}).Records, ...event({}).Records] }],
  ["records that are an object", { Records: { 0: event({}).Records[0], length: 1 } }],
  ["a record without cf", { Records: [{}] }],
  ["no config", { Records: [{ cf: { request: event({}).Records[0]?.cf.request } }] }],
  ["no request", { Records: [{ cf: { config: event({}).Records[0]?.cf.config } }] }],
  ["viewer-request", event({ body: person }, { eventType: "viewer-request" })],
  ["origin-response", event({ body: person }, { eventType: "origin-response" })],
];

for (const [name, given] of OTHER_EVENTS) {
  test(`event: ${name}: event_invalid 500`, async () => {
    /** @type {any} */
    let entry;
    const result = await createOriginRequestHandler(POLICY, { log: (said) => void (entry = said) })(given);
    assert.equal(entry.code, "event_invalid");
    assertRefusal(result, entry);
  });
}

/**
 * A generated response, and not a request that CloudFront would send on.
 * @param {any} result
 * @param {any} entry
 */
function assertRefusal(result, { code, status }) {
  assert.deepEqual(Object.keys(result).sort(), ["body", "bodyEncoding", "headers", "status", "statusDescription"]);
  assert.equal(result.status, String(status));
  assert.equal(result.bodyEncoding, "text");
  assert.deepEqual(result.headers, {
    "cache-control": [{ key: "Cache-Control", value: "no-store" }],
    "content-type": [{ key: "Content-Type", value: "application/problem+json" }],
  });
  assert.deepEqual(JSON.parse(result.body), { type: "about:blank", title: result.statusDescription, status, code });
}
