// The matrix: in no cell of content type × content coding × method × fault does the origin get what the policy protects.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";

import { MAX_SEEN_BYTES } from "../local/limits.js";
import { codesOf } from "../support/documented.js";
import { body, event, headers } from "../support/event.js";
import { createFaulty } from "../support/faulty.js";
import { leakOf } from "../support/leak.js";
import { send, start } from "../support/local.js";
import { cells, expectedOf, FAULTS, isRefusedByCdn, requestOf, SECRETS } from "../support/matrix.js";

/** @typedef {import("../support/matrix.js").Cell} Cell */

const CELLS = cells();
const STATUS = new Map([...codesOf("Encrypting a body"), ...codesOf("In the edge function")]);

test("the number of cells", () => {
  assert.equal(CELLS.length, 11 * 4 * 8 * 19 + (35 * 25 - 11 * 4) * 8 * 3);
  assert.equal(new Set(CELLS.map(({ type }) => type.name)).size, 35);
  assert.equal(new Set(CELLS.map(({ coding }) => coding)).size, 25);
});

test("every spelling of what is protected would be found", () => {
  const ssn = SECRETS.body;
  const hex = Buffer.from(ssn).toString("hex");
  const spellings = [
    ssn,
    encodeURIComponent(ssn).replace("-", "%2d"),
    hex.replaceAll(/../g, "%$&"),
    hex.replaceAll(/../g, "\\u00$&"),
    hex.toUpperCase(),
    ...["", "a", "ab"].map((before) => Buffer.from(`${before}${ssn}abc`).toString("base64")),
    ...["\xff", "a\xff", "ab\xff"].map((before) => Buffer.from(`${before}${ssn}\xff`, "latin1").toString("base64url")),
    encodeURIComponent(Buffer.from(`\xff\xff${ssn}`, "latin1").toString("base64")),
  ].map((text) => Buffer.from(text));
  const wide = Buffer.from(ssn, "utf16le");
  for (const bytes of [...spellings, wide, Buffer.from(wide).swap16()]) {
    const around = Buffer.concat([Buffer.from("\xff{", "latin1"), bytes, Buffer.from("}")]);
    assert.notEqual(leakOf(around, ssn), undefined, bytes.toString("latin1"));
  }
  assert.equal(leakOf(Buffer.from("078-05-112 0 __es1.pii-1.s.MDc4LTA1LTEx.__"), ssn), undefined);
});

test("every cell through the handler", async () => {
  /** @type {import("../types/log.d.ts").LogEntry[]} */
  const entries = [];
  const handlers = new Map(FAULTS.map((fault) => [fault, createFaulty(fault, (entry) => void entries.push(entry))]));
  const outcomes = new Set();
  for (const cell of CELLS) {
    const request = requestOf(cell);
    const seen = { ...body(request.body), inputTruncated: cell.fault === "truncated" };
    if (cell.fault === "not base64") seen.data += "=";
    const given = event({
      method: cell.method,
      headers: headers(...request.headers),
      querystring: request.query,
      ...(cell.fault === "body hidden" ? {} : { body: seen }),
    });
    entries.length = 0;
    const result = await handlers.get(cell.fault)?.(given);
    const [entry, ...more] = entries.filter(({ outcome }) => outcome !== "not_loaded");
    const said = `${entry?.code ?? entry?.outcome}`;
    const isRefused = entry?.outcome === "refused";
    if (!expectedOf(cell).includes(said)) assert.fail(`${nameOf(cell)}: ${said}`);
    assert.deepEqual(more, []);
    assert.equal(result.status, isRefused ? String(STATUS.get(said)) : undefined, nameOf(cell));
    assertNoLeak(cell, Buffer.from(JSON.stringify([isRefused ? result : { ...result, body: undefined }, entry])));
    if (!isRefused) assertNoLeak(cell, atOrigin(result.body, request.body));
    outcomes.add(said);
  }
  assert.deepEqual([...outcomes].sort(), [...new Set(CELLS.flatMap(expectedOf))].sort(), "every outcome occurs");
  assert.equal(outcomes.size, 19);
});

test("cells through the local CDN, to an origin", async () => {
  const folder = mkdtempSync(join(tmpdir(), "edgeseal-matrix-"));
  after(() => rmSync(folder, { recursive: true }));
  /** A truncated body is one of more than a function sees; CloudFront writes base64 as it should be. */
  const faults = FAULTS.filter((fault) => fault !== "not base64");
  /** @type {Map<string, URL>} */
  const edges = new Map(await Promise.all(faults.map(async (fault) => /** @type {const} */ ([fault, await edgeOf(folder, fault)]))));
  const sample = CELLS.filter(({ coding, method, fault }) =>
    (fault === "truncated" ? [""] : ["", "gzip"]).includes(coding) && ["GET", "OPTIONS", "POST", "TRACE"].includes(method) && edges.has(fault),
  );
  assert.equal(sample.length, 11 * 4 * (17 * 2 + 1) + 24 * 4 * 3 * 2);
  const [outcomes, possible] = [new Set(), new Set()];
  for (const cell of sample) {
    const request = requestOf(cell);
    if (cell.fault === "truncated") request.body = Buffer.concat([request.body, Buffer.alloc(MAX_SEEN_BYTES)]);
    const { status, said, headers: answered, kept } = await send(undefined, {
      to: edges.get(cell.fault) ?? assert.fail(),
      method: cell.method,
      path: `/people?${request.query}`,
      headers: grouped(request.headers),
      body: request.body,
    });
    const isRefused = String(answered["x-cache"]).startsWith("Error");
    const outcome = kept.length > 0 ? "forwarded" : isRefused ? "refused by the CDN" : JSON.parse(said).code;
    const expected = expectedBehind(cell, request.body);
    if (!expected.includes(outcome)) assert.fail(`${nameOf(cell)}: ${outcome}`);
    assert.equal(kept.length, outcome === "forwarded" ? 1 : 0);
    assert.equal(status, outcome === "forwarded" ? 201 : outcome === "refused by the CDN" ? 403 : STATUS.get(outcome));
    for (const { body, ...head } of kept) {
      assertNoLeak(cell, Buffer.from(JSON.stringify(head)));
      assertNoLeak(cell, body);
    }
    assertNoLeak(cell, Buffer.from(said));
    expected.forEach((outcome) => possible.add(outcome));
    outcomes.add(outcome);
  }
  assert.deepEqual([...outcomes].sort(), [...possible].sort(), "every outcome occurs");
});

/**
 * A local CDN whose function has a fault.
 * @param {string} folder
 * @param {string} fault
 */
function edgeOf(folder, fault) {
  const file = join(folder, `${fault.replaceAll(" ", "-")}.mjs`);
  const faulty = new URL("../support/faulty.js", import.meta.url);
  const text = `import { createFaulty } from ${JSON.stringify(faulty.href)};
export const handler = createFaulty(${JSON.stringify(fault)});
`;
  writeFileSync(file, text);
  return start({ handler: pathToFileURL(file), stdout: new PassThrough().resume(), includeBody: fault !== "body hidden" });
}

/**
 * What has to become of a cell behind the CDN.
 * @param {Cell} cell
 * @param {Buffer} body
 */
function expectedBehind(cell, body) {
  if (isRefusedByCdn(cell, body)) return ["refused by the CDN"];
  return expectedOf(cell).map((outcome) => (["encrypted", "unchanged", "passed"].includes(outcome) ? "forwarded" : outcome));
}

/**
 * The body that CloudFront sends on: the one that came, unless the function replaces it.
 * @param {any} body
 * @param {Buffer} came
 */
function atOrigin(body, came) {
  return body?.action === "replace" ? Buffer.from(body.data, "base64") : came;
}

/**
 * @param {Cell} cell
 * @param {Buffer} bytes
 */
function assertNoLeak(cell, bytes) {
  for (const [part, secret] of Object.entries(SECRETS)) {
    const spelling = leakOf(bytes, secret);
    if (spelling !== undefined) assert.fail(`${nameOf(cell)}: the secret of the ${part}, ${spelling}`);
  }
}

/** @param {Cell} cell */
function nameOf({ type, coding, method, fault }) {
  return `${type.name}, ${coding || "no coding"}, ${method}, ${fault}`;
}

/** @param {[name: string, value: string][]} pairs */
function grouped(pairs) {
  /** @type {Record<string, string[]>} */
  const headers = {};
  for (const [name, value] of pairs) (headers[name] ??= []).push(value);
  return headers;
}
