// What tools for publishers say about the archive.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

import { ARCHIVE, find } from "./project.js";

/**
 * @param {string} tool a script of an installed package
 * @param {string[]} options
 */
function check(tool, ...options) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [tool, ...options], { encoding: "utf8" });
  assert.equal(status, 0, `${stdout}${stderr}`);
}

test("publint", () => check(join(find("publint"), "src/cli.js"), ARCHIVE, "--strict"));

// The package is ESM only: Node.js 20 is the oldest, and knows it since 12. So there is nothing for `require` before it took ES modules,
// nor for resolution that does not know `exports`.
test("arethetypeswrong", () => check(join(find("@arethetypeswrong/cli"), "dist/index.js"), ARCHIVE, "--profile", "esm-only"));
