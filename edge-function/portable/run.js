// Runs the portable suite in a runtime, which it installs first: `node portable/run.js workerd`, `node portable/run.js chromium`.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { install } from "./install.js";

const RUNTIMES = ["chromium", "workerd"];

const [runtime = "", ...others] = process.argv.slice(2);
if (!RUNTIMES.includes(runtime) || others.length > 0) {
  console.error(`expected one of ${RUNTIMES.join(", ")}`);
  process.exitCode = 2;
} else {
  install();
  const file = fileURLToPath(new URL(`${runtime}.check.js`, import.meta.url));
  process.exitCode = spawnSync(process.execPath, ["--test", file], { stdio: "inherit" }).status ?? 1;
}
