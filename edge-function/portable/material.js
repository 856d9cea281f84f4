// What the suite needs, from the files of the project: for hosts on Node.js.

import { readdirSync, readFileSync } from "node:fs";

import { policyOf } from "../support/policy.js";

const VECTORS = new URL("../../test-vectors/", import.meta.url);

const RULES = [
  { path: "$..ssn" },
  { path: "$..email", mode: "envelope" },
  { query: "ssn" },
  { header: "x-ssn" },
];

const TYPES = {
  "application/json": "json",
  "application/x-ndjson": "ndjson",
  "application/x-www-form-urlencoded": "form",
  "multipart/form-data": "multipart",
  "text/csv": "pass",
};

/** The policy of everything here that is no vector. */
export const POLICY = policyOf(RULES, { content_types: TYPES, limits: { max_fields: 40 } });

/** @returns {import("./suite.js").Material} */
export function loadMaterial() {
  const names = readdirSync(VECTORS).filter((name) => /^(encrypt|request)_test\.json$/.test(name));
  const vectors = names.sort().map((name) => ({ name, groups: JSON.parse(readFileSync(new URL(name, VECTORS), "utf8")).testGroups }));
  return { policy: POLICY, vectors };
}
