// The command `edgeseal-local`: arguments, exit status, lines, signals.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

import { writeFunction } from "../demo/function.js";
import { origin, send } from "../support/local.js";
import { POLICY } from "../support/policy.js";

const COMMAND = fileURLToPath(new URL("../bin/edgeseal-local.js", import.meta.url));
const OBEDIENT = fileURLToPath(new URL("../support/obedient.js", import.meta.url));
const SECRET = "078-05-1120";

const folder = mkdtempSync(join(tmpdir(), "edgeseal-local-"));
after(() => rmSync(folder, { recursive: true }));

/** @param {string[]} args */
function launch(...args) {
  const child = spawn(process.execPath, [COMMAND, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](), stderr: text(child.stderr) };
}

/** @param {string[]} args */
async function finish(...args) {
  const { child, lines, stderr } = launch(...args);
  const stdout = [];
  for (let line = await lines.next(); !line.done; line = await lines.next()) stdout.push(line.value);
  const [code] = child.exitCode === null ? await once(child, "exit") : [child.exitCode];
  return { code, stdout: stdout.join("\n"), stderr: await stderr };
}

test("--help", async () => {
  const { code, stdout, stderr } = await finish("--help");
  assert.deepEqual([code, stderr], [0, ""]);
  for (const option of ["handler", "origin", "host", "port", "no-include-body", "cold", "strict", "help"]) {
    assert.match(stdout, new RegExp(`^  --${option} `, "m"));
  }
});

const WHERE = ["--origin", origin.origin];
const empty = mkdtempSync(join(folder, "empty-"));
writeFileSync(join(folder, "none.mjs"), "export default 1;\n");
writeFileSync(join(folder, "broken.mjs"), "import 'nowhere';\n");
writeFileSync(join(folder, "function.zip"), "PK");

/** @type {[name: string, args: string[], code: number, stderr: RegExp][]} */
const REFUSED = [
  ["no arguments", [], 2, /expected --handler and --origin/],
  ["an unknown option", ["--verbose"], 2, /--verbose/],
  ["an argument too many", [OBEDIENT], 2, /obedient/],
  ["an origin with a path", ["--handler", OBEDIENT, "--origin", "http://127.0.0.1/a"], 2, /as --origin/],
  ["an origin of another scheme", ["--handler", OBEDIENT, "--origin", "ftp://127.0.0.1"], 2, /as --origin/],
  ["an origin with a password", ["--handler", OBEDIENT, "--origin", "http://a:b@127.0.0.1"], 2, /as --origin/],
  ["an origin that is no URL", ["--handler", OBEDIENT, "--origin", "localhost"], 2, /as --origin/],
  ["a port that is none", ["--handler", OBEDIENT, ...WHERE, "--port", "65536"], 2, /as --port/],
  ["a port that is no number", ["--handler", OBEDIENT, ...WHERE, "--port", "x"], 2, /as --port/],
  ["a handler that is not there", ["--handler", join(folder, "missing"), ...WHERE], 1, /there is no .*missing/],
  ["a folder without handler", ["--handler", empty, ...WHERE], 1, /there is no index\.mjs in/],
  ["an archive", ["--handler", join(folder, "function.zip"), ...WHERE], 1, /unpacked folder/],
  ["a module without handler", ["--handler", join(folder, "none.mjs"), ...WHERE, "--port", "0"], 1, /exports no function `handler`/],
  ["a module that does not load", ["--handler", join(folder, "broken.mjs"), ...WHERE, "--port", "0"], 1, /nowhere/],
  ["a port in use", ["--handler", OBEDIENT, ...WHERE, "--port", origin.port], 1, /EADDRINUSE/],
];

for (const [name, args, code, stderr] of REFUSED) {
  test(`${name}: exit ${code}`, async () => {
    const finished = await finish(...args);
    assert.equal(finished.code, code);
    assert.match(finished.stderr, stderr);
    assert.match(finished.stderr, /^edgeseal-local: .*\n$/, "one line");
    assert.equal(finished.stdout, "");
  });
}

for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
  test(`runs a folder until ${signal}, and says nothing of a body`, async () => {
    writeFunction(join(folder, "function"), POLICY);
    const { child, lines, stderr } = launch("--handler", join(folder, "function"), ...WHERE, "--port", "0");
    const first = (await lines.next()).value;
    const [, address] = /^edgeseal-local: listening on (http:\/\/127\.0\.0\.1:\d+), in front of http/.exec(first) ?? [];
    assert.ok(address);
    const headers = { "content-type": "application/json", "x-secret": SECRET };
    const request = { path: `/people?q=${SECRET}`, headers, body: `{"ssn":"${SECRET}"}` };
    const { status, kept } = await send(undefined, { to: new URL(address), ...request });
    assert.equal(status, 201);
    assert.equal(kept.length, 1);
    const said = [(await lines.next()).value, (await lines.next()).value].sort();
    assert.match(said[0] ?? "", /^POST \/people 201 by origin, 21 -> \d+ bytes, [\d.]+ ms$/);
    assert.equal(JSON.parse(said[1] ?? "").outcome, "encrypted");
    assert.ok(!said.join("").includes(SECRET));

    const ended = once(child, "exit");
    child.kill(signal);
    assert.equal((await lines.next()).value, "edgeseal-local: ending");
    assert.deepEqual(await ended, [0, null]);
    assert.equal(await stderr, "");
  });
}

test("warns of a body that CloudFront would cut, or refuses it", async () => {
  const code = 'request.body = { action: "replace", encoding: "text", data: "x".repeat(1000001) }; return request';
  for (const strict of [false, true]) {
    const { child, lines, stderr } = launch("--handler", OBEDIENT, ...WHERE, "--port", "0", ...(strict ? ["--strict"] : []));
    const [address = ""] = /http:[^,]*/.exec((await lines.next()).value) ?? [];
    const { status } = await send(code, { to: new URL(address) });
    child.kill();
    assert.equal(status, strict ? 502 : 201);
    const warning = "WARNING: POST /people: CloudFront cuts the function's body; the origin got it without its last 1 bytes\n";
    assert.equal(await stderr, strict ? "" : warning);
  }
});

test("--no-include-body and --cold", async () => {
  const { child, lines } = launch("--handler", OBEDIENT, ...WHERE, "--port", "0", "--no-include-body", "--cold");
  const [address = ""] = /http:[^,]*/.exec((await lines.next()).value) ?? [];
  const code = "return { status: 200, body: `${'body' in request} ${requests}` }";
  for (let i = 0; i < 2; i += 1) assert.equal((await send(code, { to: new URL(address), body: "body" })).said, "false 1");
  child.kill();
  await once(child, "exit");
});
