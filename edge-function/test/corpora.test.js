// Outside test data through the handler.

import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { createOriginRequestHandler } from "../src/lambda-edge.js";
import { corporaTest, files } from "../support/corpora.js";
import { atOrigin, body, event } from "../support/event.js";
import { publicPem } from "../support/keys.js";
import { streamOf, withRandom } from "../support/random.js";

/** @type {any} */
let entry;

/**
 * A handler with one rule.
 * @param {string} publicKey
 * @param {Record<string, unknown>} rule
 */
function handler(publicKey, rule) {
  const fields = [{ name: "field", key: "k", ...rule }];
  const policy = { version: 1, keys: { k: { public_key: publicKey } }, fields, limits: { max_depth: 1024 } };
  return createOriginRequestHandler(JSON.stringify(policy), { log: (said) => void (entry = said) });
}

corporaTest("JSONTestSuite: what is not JSON goes nowhere, what is JSON goes on as it is", async (folder) => {
  const suite = join(folder, "JSONTestSuite/test_parsing");
  const nothing = handler(publicPem("rsa2048-a"), { path: "$.no.such.value" });
  const whole = handler(publicPem("rsa2048-a"), { path: "$" });
  const send = (/** @type {typeof whole} */ to, /** @type {Buffer} */ content) => to(event({ body: body(content) }));

  const refused = files(suite, "n_");
  assert.equal(refused.length, 188);
  for (const [name, content] of refused) {
    // An empty body is no JSON either, and has no value to protect.
    if (content.length === 0) continue;
    for (const to of [nothing, whole]) {
      const result = /** @type {any} */ (await send(to, content));
      assert.equal(result.status, "400", name);
      assert.ok(["json_invalid", "body_not_utf8", "json_too_deep"].includes(entry.code), `${name}: ${entry.code}`);
    }
  }

  const accepted = files(suite, "y_");
  assert.equal(accepted.length, 95);
  for (const [name, content] of accepted) {
    assert.deepEqual(atOrigin(await send(nothing, content)), content, name);
    assert.equal(entry.outcome, "unchanged", name);
    // The whole value becomes one token; the white space around it stays.
    const sealed = atOrigin(await send(whole, content)).toString();
    const [, before, after] = /^([ \t\n\r]*)[^]*?([ \t\n\r]*)$/.exec(content.toString()) ?? [];
    const isNull = content.toString().trim() === "null";
    if (isNull) assert.equal(sealed, content.toString());
    else assert.match(sealed, new RegExp(`^${before}"__es1\\.k\\.[sve]\\.[\\w.-]+\\.__"${after}$`), name);
  }
});

corporaTest("OAEP known answers: the same ciphertext with the same seed", async (folder) => {
  const file = join(folder, "derived-oaep-encrypt-kat/oaep_sha256_encrypt_kat.json");
  const tests = JSON.parse(readFileSync(file, "utf8")).tests.filter((/** @type {any} */ { label }) => label === "");
  assert.equal(tests.length, 30);
  let stuck = 0;
  for (const { source, n, e, msg, seed, ct } of tests) {
    const [message, ciphertext] = [Buffer.from(msg, "hex"), Buffer.from(ct, "hex").toString("base64url")];
    assert.equal(e, 65537);
    const jwk = { kty: "RSA", n: Buffer.from(n, "hex").toString("base64url"), e: "AQAB" };
    const pem = createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "pem" });

    // A text is encrypted as it is. Bytes that are no text can still be a data key, which is wrapped the same way.
    const text = message.toString();
    const isText = Buffer.from(text).equals(message);
    const mode = isText ? "direct" : "envelope";
    const draws = isText ? [seed] : [msg, seed, "0102030405060708090a0b0c"];
    const send = handler(String(pem), { path: "$", mode });
    const { fill, calls } = streamOf(draws.map((draw) => Buffer.from(draw, "hex")));
    const sealed = await withRandom(fill, () => send(event({ body: body(JSON.stringify(isText ? text : "")) })));
    if (/^0+$/.test(seed)) {
      // No generator gives that, says the library.
      assert.equal(entry.code, "randomness_failed", source);
      stuck += 1;
      continue;
    }
    assert.equal(entry.outcome, "encrypted", `${source}: ${entry.code}`);
    const parts = JSON.parse(atOrigin(sealed).toString()).split(".");
    assert.equal(parts[isText ? 3 : 4], ciphertext, source);
    assert.equal(calls.reduce((sum, bytes) => sum + bytes), Buffer.from(draws.join(""), "hex").length, source);
  }
  assert.equal(stuck, 3);
});
