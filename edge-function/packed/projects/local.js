// The command `edgeseal-local` in front of an origin, with a function of this project.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { buffer } from "node:stream/consumers";
import { test } from "node:test";

import { JSON_TYPE, listen, send } from "./http.js";
import { opened, policy, SSN } from "./policy.js";

const FUNCTION = `
import { readFileSync } from "node:fs";
import { createOriginRequestHandler } from "edgeseal/lambda-edge";

export const handler = createOriginRequestHandler(readFileSync(new URL("policy.json", import.meta.url), "utf8"));
`;

test("edgeseal-local", async () => {
  writeFileSync("policy.json", policy);
  writeFileSync("function.js", FUNCTION);
  const origin = await listen(async (incoming, outgoing) => {
    const body = await buffer(incoming);
    outgoing.setHeader("content-type", "application/json").end(JSON.stringify({ url: incoming.url, body: body.toString() }));
  });
  const command = process.platform === "win32" ? "node_modules/.bin/edgeseal-local.cmd" : "node_modules/.bin/edgeseal-local";
  const options = ["--handler", "function.js", "--origin", `http://127.0.0.1:${origin}`, "--port", "0"];
  const child = spawn(command, options, { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const lines = createInterface({ input: child.stdout });
    const { value = "no line" } = await lines[Symbol.asyncIterator]().next();
    const [, port] = /:(\d+),/.exec(value) ?? assert.fail(value);
    const { json } = await send(Number(port), { path: `/people?ssn=${SSN}`, headers: JSON_TYPE, body: JSON.stringify({ ssn: SSN }) });
    assert.equal(opened(JSON.parse(json.body).ssn), SSN);
    assert.equal(opened(new URLSearchParams(json.url.split("?")[1]).get("ssn")), SSN);
  } finally {
    child.kill();
  }
});
