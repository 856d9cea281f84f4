// Headless Chromium: the portable suite. `node portable/run.js chromium` runs it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { loadModule } from "../src/module.js";
import { loadMaterial } from "./material.js";
import { resultOf } from "./runtimes/page.js";
import { run } from "./suite.js";

test("the suite: as many cases as on Node.js, no failure, the same bytes", async () => {
  const material = loadMaterial();
  const result = await resultOf("portable/page.js", material);
  assert.deepEqual(result.failures, [], result.error);
  assert.deepEqual(result, await run({ module: loadModule(), ...material }));
});
