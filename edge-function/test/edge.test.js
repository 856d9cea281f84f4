// Over HTTP: a client, the edge, an origin. The function runs in the local CDN, as it would be deployed.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { after, test } from "node:test";

import { writeFunction } from "../demo/function.js";
import { MAX_SEEN_BYTES } from "../local/limits.js";
import { decrypt } from "../src/decrypt.js";
import { send, start } from "../support/local.js";
import { ask, KEYRING, POLICY } from "../support/policy.js";

const SECRET = "078-05-1120";
const PERSON = `{"ssn": "${SECRET}", "n": 1.50}`;

const folder = mkdtempSync(join(tmpdir(), "edgeseal-edge-"));
after(() => rmSync(folder, { recursive: true }));
const settings = { handler: writeFunction(folder, POLICY), stdout: new PassThrough().resume(), strict: true };
const [to, bodyless] = await Promise.all([start(settings), start({ ...settings, includeBody: false })]);

const json = { "content-type": "application/json" };

for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
  test(`${method}: the origin gets tokens, and the reader the body`, async () => {
    const headers = { ...json, "content-md5": "Q2hlY2sgSW50ZWdyaXR5IQ==", "x-a": "b" };
    const answer = await send(undefined, { to, method, headers, body: PERSON });
    assert.equal(answer.status, 201);
    const [{ body, headers: sent, ...got } = assert.fail(), ...more] = answer.kept;
    assert.deepEqual(more, []);
    assert.deepEqual(got, { method, url: "/people?a=b" });
    assert.ok(!body.includes(SECRET));
    assert.equal(sent["content-length"], String(body.length));
    assert.equal(sent["content-md5"], undefined);
    assert.equal(sent["x-a"], "b");
    const opened = await decrypt(body, { format: "json", keyring: KEYRING, ask });
    assert.equal(Buffer.from(opened.body).toString(), PERSON);
  });
}

for (const method of ["GET", "HEAD", "OPTIONS", "POST", "DELETE"]) {
  test(`${method} without a body passes`, async () => {
    const { status, kept } = await send(undefined, { to, method });
    assert.equal(status, 201);
    assert.equal(kept[0]?.body.length, 0);
  });
}

test("what is refused does not reach the origin", async () => {
  const long = `{"ssn": "${SECRET}", "n": "${"x".repeat(MAX_SEEN_BYTES)}"}`;
  /** @type {[to: URL, headers: Record<string, string>, content: string, code: string][]} */
  const rows = [
    [to, json, `${PERSON},`, "json_invalid"],
    [to, json, long, "body_truncated"],
    [to, json, `${long.slice(0, MAX_SEEN_BYTES - 2)}"}`, "output_too_large"],
    [to, { "content-type": "text/plain" }, PERSON, "content_type_unsupported"],
    [to, { ...json, "content-encoding": "gzip" }, PERSON, "content_encoding_unsupported"],
    [to, json, '{"note": "__es1.pii-1"}', "foreign_token"],
    [bodyless, json, PERSON, "body_missing"],
  ];
  for (const [to, headers, content, code] of rows) {
    const answer = await send(undefined, { to, headers, body: content });
    assert.equal(JSON.parse(answer.said).code, code);
    assert.equal(answer.status, JSON.parse(answer.said).status);
    assert.equal(answer.headers["content-type"], "application/problem+json");
    assert.equal(answer.headers["cache-control"], "no-store");
    assert.ok(!answer.said.includes(SECRET));
    assert.deepEqual(answer.kept, []);
  }
});

test("without Include Body, a request that says it has a body does not reach the origin", async () => {
  for (const method of ["OPTIONS", "HEAD", "POST"]) {
    for (const framing of [{}, { "transfer-encoding": "chunked" }]) {
      const { kept } = await send(undefined, { to: bodyless, method, headers: { ...json, ...framing }, body: PERSON });
      assert.deepEqual(kept, [], method);
    }
  }
});
