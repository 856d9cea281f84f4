// Servers: node:http, Express 4 and 5, Fastify; and the package's own, the local CDN.

import { test } from "node:test";

import { createProject, runTests } from "./project.js";

const SHARED = ["http.js", "policy.js"];

test("node:http", () => runTests(createProject(["node-http.js", ...SHARED]), "node-http.js"));

for (const version of [4, 5]) {
  test(`Express ${version}`, () => {
    runTests(createProject(["express.js", ...SHARED], { express: `express${version}`, busboy: "busboy" }), "express.js");
  });
}

test("Fastify", () => runTests(createProject(["fastify.js", ...SHARED], { fastify: "fastify" }), "fastify.js"));

test("edgeseal-local", () => runTests(createProject(["local.js", ...SHARED]), "local.js"));
