// The folder of a function, as it would be deployed: a module with the handler, and the policy beside it.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const DOOR = new URL("../src/lambda-edge.js", import.meta.url);

/**
 * Writes one that imports this package from where it is.
 * @param {string} folder
 * @param {string} policy
 * @param {Omit<import("../types/lambda-edge.d.ts").Options, "log" | "module">} [options]
 * @returns {URL} the file of the handler
 */
export function writeFunction(folder, policy, options = {}) {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "index.mjs");
  writeFileSync(join(folder, "policy.json"), policy);
  writeFileSync(
    file,
    `import { readFileSync } from "node:fs";
import { createOriginRequestHandler } from ${JSON.stringify(DOOR.href)};

const policy = readFileSync(new URL("policy.json", import.meta.url), "utf8");
export const handler = createOriginRequestHandler(policy, ${JSON.stringify(options)});
`,
  );
  return pathToFileURL(file);
}
