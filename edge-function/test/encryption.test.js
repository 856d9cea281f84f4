// What the origin gets, and what becomes of it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { decrypt } from "../src/decrypt.js";
import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { atOrigin, body, event, headers, JSON_TYPE } from "../support/event.js";
import { ask, KEYRING, POLICY } from "../support/policy.js";

const PERSON = '{ "n": 1.50, "ssn" : "078-05-1120", "ssn": {"a": [1e400]}, "email":"ä\\u00e4@example.org", "nick": "Zoë" }\n';

const quiet = { log: () => {} };
const handler = createOriginRequestHandler(POLICY, quiet);

/**
 * @param {string} content
 * @param {Record<string, unknown>} [request]
 */
async function send(content, request) {
  return /** @type {any} */ (await handler(event({ body: body(content), ...request })));
}

test("what is encrypted comes back byte for byte", async () => {
  const sealed = atOrigin(await send(PERSON));
  const tokens = sealed.toString().replaceAll(/(?<=\.[sv]\.).{342}(?=\.__")/g, "direct").replace(/(?<=\.e\.)[^"]*(?=\.__")/, "jwe");
  assert.equal(
    tokens.replace(/(?<=#blog:).{512}(?=:#)/, "base64"),
    '{ "n": 1.50, "ssn" : "__es1.pii-1.s.direct.__", "ssn": "__es1.pii-1.v.direct.__", ' +
      '"email":"__es1.contact-1.e.jwe.__", "nick": "#blog:base64:#" }\n',
  );

  const opened = await decrypt(sealed, { format: "json", keyring: KEYRING, ask });
  assert.equal(Buffer.from(opened.body).toString(), PERSON);
  assert.deepEqual(opened.report, { found: 4, decrypted: 4, kept: [] });
});

test("the same event twice gives two different bodies, both valid", async () => {
  const [first, second] = [atOrigin(await send(PERSON)), atOrigin(await send(PERSON))];
  assert.notDeepEqual(first, second);
  assert.equal(first.length, second.length);
});

test("digests of the old body go, every other header stays", async () => {
  const kept = headers(
    JSON_TYPE,
    ["Content-Length", "99"],
    ["Transfer-Encoding", "chunked"],
    ["Authorization", "Bearer t"],
    ["Want-Repr-Digest", "sha-256=1"],
  );
  const digests = headers(
    ["Content-MD5", "Q2hlY2sgSW50ZWdyaXR5IQ=="],
    ["Digest", "sha-256=x"],
    ["Content-Digest", "sha-256=:x:"],
    ["Repr-Digest", "sha-256=:x:"],
  );
  const changed = await send(PERSON, { headers: { ...digests, ...kept } });
  assert.deepEqual(changed.headers, kept);

  const unchanged = await send('{"n": 1}', { headers: { ...digests, ...kept } });
  assert.deepEqual(unchanged.headers, { ...digests, ...kept });
});

test("nothing but headers and body of the request changes", async () => {
  const origin = { custom: { domainName: "origin.example" } };
  const { headers: _, body: replaced, ...rest } = await send(PERSON, { method: "PUT", querystring: "a=b", origin });
  assert.deepEqual(rest, { clientIp: "203.0.113.178", method: "PUT", querystring: "a=b", uri: "/people", origin });
  assert.deepEqual(Object.keys(replaced).sort(), ["action", "data", "encoding", "inputTruncated"]);
});

test("a body that would be too long is refused, and one byte shorter is not", async () => {
  const sealed = atOrigin(await send('{"ssn":""}')).length;
  for (const [maxOutputBytes, status] of [[sealed, undefined], [sealed - 1, "413"]]) {
    const limited = createOriginRequestHandler(POLICY, { ...quiet, maxOutputBytes: Number(maxOutputBytes) });
    const result = /** @type {any} */ (await limited(event({ body: body('{"ssn":""}') })));
    assert.equal(result.status, status);
  }
});

test("the default limit is 997,500 bytes", async () => {
  const around = (await send('{"ssn":"","n":""}')).body.data.length;
  const room = 997_500 - Buffer.from("A".repeat(around), "base64").length;
  for (const [filler, fits] of [[room - 3, true], [room + 3, false]]) {
    const result = await send(`{"ssn":"","n":"${"x".repeat(Number(filler))}"}`);
    assert.equal(result.status === undefined, fits);
    if (!fits) assert.equal(JSON.parse(result.body).code, "output_too_large");
  }
});

test("an unchanged body too is held to the limit", async () => {
  const limited = createOriginRequestHandler(POLICY, { ...quiet, maxOutputBytes: 7 });
  const result = /** @type {any} */ (await limited(event({ body: body('{"n": 1}') })));
  assert.equal(result.status, "413");
});
