// Projects in TypeScript, checked as strictly as it goes, with the libraries that such a project has and no others.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { PACKAGE } from "./paths.js";
import { createProject, find, run } from "./project.js";

const STRICT = {
  strict: true, noEmit: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, verbatimModuleSyntax: true, target: "es2023",
};
const NODE = { module: "nodenext", moduleResolution: "nodenext" };
const BUNDLER = { module: "esnext", moduleResolution: "bundler" };

/** Compilers, each with the ways in which it looks for packages: one of the line before, and the one that checks the package itself. */
const COMPILERS = [
  { folder: find("typescript"), resolutions: [NODE] },
  { folder: fileURLToPath(new URL("node_modules/typescript", PACKAGE)), resolutions: [NODE, BUNDLER] },
];

/** What each project has beside the package, and what its surroundings are. @type {[file: string, packages: string[], surroundings: object][]} */
const PROJECTS = [
  ["lambda-edge.ts", ["@types/aws-lambda", "@types/node"], { lib: ["es2023"], types: ["node"] }],
  ["node.ts", ["@types/express", "@types/node", "fastify"], { lib: ["es2023"], types: ["node"] }],
  ["fetch.ts", [], { lib: ["es2023", "dom"], types: [] }],
  ["worker.ts", ["@cloudflare/workers-types"], { lib: ["es2023"], types: ["@cloudflare/workers-types"] }],
];

for (const [file, packages, surroundings] of PROJECTS) {
  test(file, () => {
    const folder = createProject([`typed/${file}`], Object.fromEntries(packages.map((name) => [name, name])));
    for (const { folder: compiler, resolutions } of COMPILERS) {
      for (const resolution of resolutions) {
        const tsconfig = { compilerOptions: { ...STRICT, ...surroundings, ...resolution }, files: [file] };
        writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
        run(folder, join(compiler, "bin/tsc"), "--project", ".");
      }
    }
  });
}
