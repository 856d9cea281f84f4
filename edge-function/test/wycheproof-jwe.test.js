// Wycheproof's JWE vectors in the place of an envelope token's body: other algorithms, other headers, other shapes. None is padded
// as ours are, so the grammar refuses every one, and no key is asked.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { decrypt } from "../src/decrypt.js";
import { corporaTest } from "../support/corpora.js";

const KEYRING = '{"version":1,"keys":{"k":{"private_key_file":"k.pem"}}}';

corporaTest("Wycheproof JWE: another algorithm, header or shape asks no key and is told as damage", async (folder) => {
  const file = join(folder, "wycheproof/testvectors_v1/json_web_encryption_test.json");
  const suite = JSON.parse(readFileSync(file, "utf8"));
  const tests = suite.testGroups.flatMap((/** @type {any} */ group) => group.tests);
  assert.equal(tests.length, 139);
  for (const { tcId, jwe } of tests) {
    const token = Buffer.from(`__es1.k.e.${jwe}.__`);
    const ask = () => assert.fail(`tcId ${tcId}: a key is asked`);
    const { body, report } = await decrypt(token, { format: "text", keyring: KEYRING, ask });
    assert.deepEqual(Buffer.from(body), token, `tcId ${tcId}`);
    assert.deepEqual(report.kept, [{ offset: 0, code: "token_damaged" }], `tcId ${tcId}`);
  }
});
