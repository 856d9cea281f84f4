// Attacks around the body: values that stand in the URL, in cookies and in headers, and digests and signatures of what is about to change.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { attacker, opened } from "../support/attack.js";
import { leakOf } from "../support/leak.js";
import { policyOf } from "../support/policy.js";

const SECRET = "078-05-1120";
const PERSON = `{"ssn":"${SECRET}"}`;
const BODY = policyOf([{ path: "$.ssn" }]);

/** All that the origin gets of a request but its body. @param {any} result */
const headOf = ({ uri, querystring, headers }) => Buffer.from(JSON.stringify([uri, querystring, headers]));

test("a value in a query string, a cookie or a header stays, unless a rule names the parameter or the header", async () => {
  const request = { querystring: `ssn=${SECRET}`, fields: /** @type {[string, string][]} */ ([["Cookie", `a=b; ssn=${SECRET}`], ["X-SSN", SECRET]]) };
  const plain = await attacker(BODY)(PERSON, request);
  assert.equal(plain.said, "encrypted");
  assert.equal(await opened(plain.got), PERSON);
  assert.deepEqual([plain.result.querystring, plain.result.headers.cookie[0].value], [request.querystring, `a=b; ssn=${SECRET}`]);

  // A cookie is a header: all of it, or nothing.
  const named = attacker(policyOf([{ path: "$.ssn" }, { query: "ssn" }, { header: "cookie" }, { header: "x-ssn" }]));
  for (const body of [PERSON, "{}", ""]) {
    const { said, result, entry } = await named(body, request);
    assert.equal(said, "encrypted");
    assert.equal(entry.values, body === PERSON ? 4 : 3);
    assert.equal(leakOf(headOf(result), SECRET), undefined);
    for (const value of [result.headers.cookie[0].value, result.headers["x-ssn"][0].value, result.querystring.slice("ssn=".length)]) {
      assert.match(value, /^__es1\.pii-1\.s\.[\w-]{342}\.__$/);
    }
    assert.equal(await opened(Buffer.from(result.headers.cookie[0].value), "text"), `a=b; ssn=${SECRET}`);
  }
});

test("no rule is for a value in the path, and leftovers looks for it in the body alone", async () => {
  const strict = attacker(policyOf([{ path: "$.ssn" }, { query: "ssn" }], { leftovers: { min_chars: 8, action: "refuse" } }));
  const { said, result } = await strict(PERSON, { uri: `/people/${SECRET}` });
  assert.deepEqual([said, result.uri], ["encrypted", `/people/${SECRET}`]);
  // What a rule protects in the query string is looked for in the body.
  assert.equal((await strict(`{"n":"${SECRET}"}`, { querystring: `ssn=${SECRET}` })).said, "value_left 422");
});

/** @typedef {string | Uint8Array} Content */
/** @param {string} algorithm @param {"base64" | "hex"} coding @param {Content} content */
const hash = (algorithm, coding, content) => createHash(algorithm).update(content).digest(coding);

/** Digests as they are written, whether they can be written anew, and what becomes of them if the policy says nothing. */
const DIGESTS = /** @type {[name: string, write: (content: Content) => string, recomputes: boolean, usual: "remove" | "recompute"][]} */ ([
  ["content-md5", (content) => hash("md5", "base64", content), false, "remove"],
  ["digest", (content) => `SHA-256=${hash("sha256", "base64", content)}`, true, "remove"],
  ["content-digest", (content) => `sha-256=:${hash("sha256", "base64", content)}:`, true, "remove"],
  ["repr-digest", (content) => `sha-512=:${hash("sha512", "base64", content)}:`, true, "remove"],
  ["x-amz-content-sha256", (content) => hash("sha256", "hex", content), true, "recompute"],
]);

test("every digest of a body that changes goes, is written anew or refuses the request, as the policy says", async () => {
  for (const [name, write, recomputes, usual] of DIGESTS) {
    const value = write(PERSON);
    for (const action of [undefined, "remove", "refuse", ...(recomputes ? ["recompute"] : [])]) {
      const members = action === undefined ? {} : { digest_headers: { [name]: action } };
      const send = attacker(policyOf([{ path: "$.ssn" }], members));
      const changed = await send(PERSON, { fields: [[name, value]] });
      const after = changed.result.headers?.[name];
      const becomes = action ?? usual;
      assert.equal(changed.said, becomes === "refuse" ? "body_signed 400" : "encrypted", `${name} ${action}`);
      if (becomes === "recompute") {
        assert.equal(after[0].value, write(changed.got));
        assert.equal((await send(PERSON, { fields: [[name, write("another body")]] })).said, "digest_mismatch 400");
      } else if (becomes === "remove") {
        assert.equal(after, undefined);
      }
      // Nothing is made of it where the body stays.
      const { said, result } = await send('{"n":1}', { fields: [[name, value]] });
      assert.deepEqual([said, result.headers[name][0].value], ["unchanged", value]);
    }
  }
});

test("a signature that we do not know goes on, and no longer fits, unless the policy names its header", async () => {
  const signatures = ["signature", "signature-input", "x-hub-signature-256", "stripe-signature", "x-slack-signature", "x-jws-signature"];
  for (const name of signatures) {
    const fields = /** @type {[string, string][]} */ ([[name, "sig1=:AAAA:"]]);
    const kept = await attacker(BODY)(PERSON, { fields });
    assert.deepEqual([kept.said, kept.result.headers[name][0].value], ["encrypted", "sig1=:AAAA:"]);
    for (const [action, said] of [["refuse", "body_signed 400"], ["remove", "encrypted"]]) {
      const { result, ...answer } = await attacker(policyOf([{ path: "$.ssn" }], { digest_headers: { [name]: action } }))(PERSON, { fields });
      assert.equal(answer.said, said);
      if (said === "encrypted") assert.equal(result.headers[name], undefined);
    }
  }
  const signed = /** @type {[string, string][]} */ ([
    ["Authorization", "AWS4-HMAC-SHA256 Credential=A/20261121/eu-central-1/s3/aws4_request"],
    ["X-Amz-Content-SHA256", hash("sha256", "hex", PERSON)],
  ]);
  const { said, got } = await attacker(BODY)(PERSON, { fields: signed });
  assert.deepEqual([said, got.length], ["body_signed 400", 0]);
});
