// Plain Node.js: what the entries do that need no server.

import { test } from "node:test";

import { createProject, runTests } from "./project.js";

test("Lambda@Edge, fetch and decryption", () => runTests(createProject(["edge.js", "policy.js"]), "edge.js"));
