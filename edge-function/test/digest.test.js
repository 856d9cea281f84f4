// Digests of a body that is changed.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { atOrigin, body, headers, JSON_TYPE } from "../support/event.js";
import { policyOf } from "../support/policy.js";
import { sender } from "../support/send.js";

const PERSON = '{"ssn":"078-05-1120"}';
const NAMES = ["content-digest", "repr-digest", "digest", "x-amz-content-sha256"];
/** @param {Record<string, string>} [digest_headers] */
const policy = (digest_headers) => policyOf([{ path: "$.ssn" }], digest_headers && { digest_headers });
const recompute = sender(policy(Object.fromEntries(NAMES.map((name) => [name, "recompute"]))));

/**
 * @param {string} algorithm
 * @param {"base64" | "hex"} coding
 * @param {string | Uint8Array} [content]
 */
const hash = (algorithm, coding, content = PERSON) => createHash(algorithm).update(content).digest(coding);

/**
 * Sends a body with these headers; gives what is said, the headers of that name, and the new body.
 * @param {ReturnType<typeof sender>} send
 * @param {[string, string][]} pairs
 * @param {Record<string, unknown>} [request]
 */
async function sent(send, pairs, request) {
  const { result, said } = await send({ headers: headers(JSON_TYPE, ...pairs), body: body(PERSON), ...request });
  return { said, headers: result.headers, content: atOrigin(result) };
}

/** Right digests of the body that came, by header, and the new text for another body. */
/** @type {[name: string, text: string, after: (content: Uint8Array) => string | undefined][]} */
const RIGHT = [
  ["Content-Digest", `sha-256=:${hash("sha256", "base64")}:`, (content) => `sha-256=:${hash("sha256", "base64", content)}:`],
  ["Repr-Digest", `sha-512=:${hash("sha512", "base64")}:`, (content) => `sha-512=:${hash("sha512", "base64", content)}:`],
  [
    "Content-Digest",
    `sha-512=:${hash("sha512", "base64")}: ,\tmd5=:AAAA:,sha-256=:${hash("sha256", "base64")}:`,
    (content) => `sha-512=:${hash("sha512", "base64", content)}:, sha-256=:${hash("sha256", "base64", content)}:`,
  ],
  ["Repr-Digest", "unixsum=:AAAA:", () => undefined],
  ["Digest", `SHA-256=${hash("sha256", "base64")}`, (content) => `SHA-256=${hash("sha256", "base64", content)}`],
  [
    "Digest",
    `sha-512=${hash("sha512", "base64")},unixsum=30637, id-sha-256=x`,
    (content) => `SHA-512=${hash("sha512", "base64", content)}`,
  ],
  ["Digest", "MD5=HUXZLQLMuI/KZ5KDcJPcOA==", () => undefined],
  ["X-Amz-Content-SHA256", hash("sha256", "hex"), (content) => hash("sha256", "hex", content)],
  ["X-Amz-Content-SHA256", hash("sha256", "hex").toUpperCase(), (content) => hash("sha256", "hex", content)],
  ["X-Amz-Content-SHA256", "UNSIGNED-PAYLOAD", () => "UNSIGNED-PAYLOAD"],
];

for (const [name, text, after] of RIGHT) {
  test(`${name}: ${text.slice(0, 40)} is recomputed`, async () => {
    const { said, headers, content } = await sent(recompute, [[name, text]]);
    assert.equal(said, "encrypted");
    const value = after(content);
    assert.deepEqual(headers[name.toLowerCase()], value && [{ key: name, value }]);
  });
}

const WRONG = hash("sha256", "base64", "another body");
/** @type {[name: string, text: string][]} */
const REFUSED = [
  ["Content-Digest", `sha-256=:${WRONG}:`],
  ["Content-Digest", `sha-256=:${hash("sha256", "base64")}:, sha-256=:${hash("sha256", "base64")}:`],
  ["Content-Digest", `sha-512=:${hash("sha512", "base64")}:, sha-256=:${WRONG}:`],
  ["Content-Digest", `sha-256=:${hash("sha256", "base64").replace("=", "")}:`],
  ["Content-Digest", `SHA-256=:${hash("sha256", "base64")}:`],
  ["Content-Digest", `sha-256=${hash("sha256", "base64")}`],
  ["Content-Digest", `sha-256=:${hash("sha256", "base64")}:;a=b`],
  ["Content-Digest", `sha-256=:${hash("sha256", "base64")}:,`],
  ["Content-Digest", "sha-256"],
  ["Content-Digest", ""],
  ["Repr-Digest", `sha-256=:${WRONG}:`],
  ["Repr-Digest", "sha-256=?1"],
  ["Digest", `SHA-256=${WRONG}`],
  ["Digest", `sha-256=${hash("sha256", "base64")}, SHA-256=${WRONG}`],
  ["Digest", `SHA-256=${hash("sha256", "hex")}`],
  ["Digest", "SHA-256"],
  ["X-Amz-Content-SHA256", hash("sha256", "hex", "another body")],
  ["X-Amz-Content-SHA256", hash("sha256", "base64")],
  ["X-Amz-Content-SHA256", ""],
];

for (const [name, text] of REFUSED) {
  test(`${name}: ${text.slice(0, 40)} is refused`, async () => {
    assert.equal((await sent(recompute, [[name, text]])).said, "digest_mismatch 400");
  });
}

test("a header in several lines is one list", async () => {
  const [first, second] = [`sha-256=:${hash("sha256", "base64")}:`, `sha-512=:${hash("sha512", "base64")}:`];
  const { headers, content } = await sent(recompute, [["Content-Digest", first], ["content-DIGEST", second]]);
  const value = `sha-256=:${hash("sha256", "base64", content)}:, sha-512=:${hash("sha512", "base64", content)}:`;
  assert.deepEqual(headers["content-digest"], [{ key: "Content-Digest", value }]);

  const hex = hash("sha256", "hex");
  assert.equal((await sent(recompute, [["X-Amz-Content-SHA256", hex], ["X-Amz-Content-SHA256", hex]])).said, "digest_mismatch 400");
});

test("blanks stand around a digest, and a million of them in the middle are read once", async () => {
  const digest = `sha-256=:${hash("sha256", "base64")}:`;
  assert.equal((await sent(recompute, [["Content-Digest", `\t ${digest} \t , \t`.slice(0, -4)]])).said, "encrypted");
  // If they were looked through anew from each of them, this would not end.
  const blanks = " \t".repeat(1 << 20);
  for (const text of [`${digest}${blanks}x`, `${blanks}x${blanks}`, blanks, `x${blanks}`]) {
    assert.equal((await sent(recompute, [["Content-Digest", text]])).said, "digest_mismatch 400");
  }
  assert.equal((await sent(recompute, [["Content-Digest", `${blanks}${digest}${blanks}`]])).said, "encrypted");
});

test("a payload that is signed in chunks is refused", async () => {
  const pair = /** @type {[string, string]} */ (["X-Amz-Content-SHA256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"]);
  assert.equal((await sent(recompute, [pair])).said, "body_signed 400");
});

test("a request that is signed for AWS is refused, unless its payload hash is removed", async () => {
  const hex = /** @type {[string, string]} */ (["X-Amz-Content-SHA256", hash("sha256", "hex")]);
  const unsigned = /** @type {[string, string]} */ (["X-Amz-Content-SHA256", "UNSIGNED-PAYLOAD"]);
  const signature = /** @type {[string, string]} */ (["Authorization", "AWS4-HMAC-SHA256 Credential=AKID/20261121/eu-central-1"]);
  const inUrl = { querystring: "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00" };
  const removing = sender(policy({ "x-amz-content-sha256": "remove" }));
  for (const send of [recompute, sender(policy())]) {
    assert.equal((await sent(send, [hex, signature])).said, "body_signed 400");
    assert.equal((await sent(send, [unsigned, signature])).said, "body_signed 400");
    assert.equal((await sent(send, [hex], inUrl)).said, "body_signed 400");
    assert.equal((await sent(send, [hex], { querystring: "x-%61mz-signature=00" })).said, "body_signed 400");
    // Without the hash the payload is not signed; and other kinds of authorization are none of this.
    assert.equal((await sent(send, [signature])).said, "encrypted");
    assert.equal((await sent(send, [hex, ["Authorization", "Bearer AWS4-"]])).said, "encrypted");
  }
  const { said, headers } = await sent(removing, [hex, signature]);
  assert.equal(said, "encrypted");
  assert.equal(headers["x-amz-content-sha256"], undefined);
});

test("by default digests are removed, and AWS's payload hash is recomputed", async () => {
  /** @type {[string, string][]} */
  const pairs = [
    ["Content-Digest", "x"],
    ["Repr-Digest", "x"],
    ["Digest", "x"],
    ["Content-MD5", "x"],
    ["X-Amz-Content-SHA256", hash("sha256", "hex")],
    ["Want-Repr-Digest", "sha-256=1"],
  ];
  const { headers, content } = await sent(sender(policy()), pairs);
  assert.deepEqual(Object.keys(headers).sort(), ["content-type", "host", "want-repr-digest", "x-amz-content-sha256"]);
  assert.equal(headers["x-amz-content-sha256"][0].value, hash("sha256", "hex", content));
});

test("a header of the policy's own is removed or refused", async () => {
  const send = sender(policy({ "X-Hub-Signature-256": "refuse", "X-Old": "remove" }));
  assert.equal((await sent(send, [["x-hub-signature-256", "sha256=00"]])).said, "body_signed 400");
  assert.equal((await sent(send, [["X-Old", "1"], ["X-OLD", "2"]])).headers["x-old"], undefined);
});

test("a body that stays keeps its digests, right or wrong", async () => {
  const wrong = headers(JSON_TYPE, ["Digest", "SHA-256=x"], ["X-Amz-Content-SHA256", "x"], ["Authorization", "AWS4-HMAC-SHA256"]);
  for (const send of [recompute, sender(policy({ digest: "refuse" }))]) {
    const { given, result } = await send({ headers: wrong, body: body('{"n":1}') });
    assert.equal(result, given);
  }
});
