// The pieces of the benchmark that compute: no clock decides here.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";

import { takeTurns } from "../bench/clock.js";
import { stepped, stepsBetween } from "../bench/cold/steps.js";
import { costByFile } from "../bench/instructions/callgrind.js";
import { stageOf, STAGES } from "../bench/instructions/stages.js";
import { records } from "../bench/people.js";
import { digits, figure } from "../bench/report/figure.js";
import { ratioLines } from "../bench/report/lines.js";
import { page } from "../bench/report/page.js";
import { withFigures } from "../bench/report/document.js";
import { sections, tables } from "../bench/report/tables.js";
import { compared, measured, nothing, ratioed } from "../bench/results.js";
import { memoryOfRenderers } from "../bench/runtimes/renderer.js";
import { watch } from "../bench/runtimes/watch.js";
import { median, pairwise, quantile, spread } from "../bench/statistics.js";
import { ratios as edgeRatios } from "../bench/suites/edge.js";
import { BY_RULES, BY_SIZE, BY_VALUES, ratios as growthRatios } from "../bench/suites/growth.js";
import { tell } from "../bench/suites/instructions.js";

test("a median is the middle, or between the two in the middle", () => {
  assert.equal(median([5, 1, 100]), 5);
  assert.equal(median([4, 1, 2, 100]), 3);
  assert.ok(Number.isNaN(median([])));
  assert.equal(quantile([0, 10], 0.25), 2.5);
  assert.deepEqual(spread([1, 2, 3, 4, 5]), { middle: 3, low: 2, high: 4 });
});

test("rounds are compared with rounds of the same number", () => {
  assert.deepEqual(pairwise([6, 8], [2, 4], (a, b) => a / b), [3, 2]);
  assert.throws(() => pairwise([1], [1, 2], (a, b) => a / b), RangeError);
});

test("a ratio is the median of the ratios, not the ratio of the medians", () => {
  const part = nothing();
  ratioed(part, { name: "n", subject: "a", against: "b", target: 1 }, [10, 20, 90], [10, 40, 30]);
  assert.deepEqual(part.ratios, [{ name: "n", subject: "a", against: "b", target: 1, ratio: 1, low: 0.75, high: 2, met: true }]);
});

test("a target is met up to itself, and only a figure with a target is met or not", () => {
  const part = nothing();
  for (const target of [2, 1.9, undefined]) compared(part, { name: "n", subject: "a", against: "b", ...(target && { target }) }, [2]);
  assert.deepEqual(part.ratios.map(({ met }) => met), [true, false, undefined]);
});

test("what is compared takes turns, and each round begins with another", async () => {
  /** @type {string[]} */
  const turns = [];
  const fake = (/** @type {string} */ name, /** @type {number} */ milliseconds) => ({
    name,
    run: (/** @type {number} */ count) => (turns.push(name), count * milliseconds),
  });
  const times = await takeTurns([fake("a", 2), fake("b", 0.5), fake("c", 30)], { rounds: 3, turn: 10, warmUp: 20 });
  assert.deepEqual(Object.fromEntries(times), { a: [2000, 2000, 2000], b: [500, 500, 500], c: [30_000, 30_000, 30_000] });
  assert.equal(turns.slice(-9).join(""), "abcbcacab");
});

test("figures have three digits, and a larger unit where there are many", () => {
  assert.equal(digits(1234.5), "1,235");
  assert.equal(digits(12.345), "12.3");
  assert.equal(digits(1.2345), "1.23");
  assert.equal(digits(0.012345), "0.012");
  assert.equal(figure(0.5), "0.50×");
  assert.equal(figure(999, "us"), "999 µs");
  assert.equal(figure(12_345, "us"), "12.3 ms");
  assert.equal(figure(373_700, "bytes"), "374 kB");
});

const SUITE = (() => {
  const part = nothing();
  for (const subject of ["EdgeSeal", "a <peer>"]) measured(part, { group: "g", case: "c|d", subject, unit: "us", rounds: [1, 2, 3] });
  ratioed(part, { name: "first", subject: "EdgeSeal", against: "a <peer>", target: 1 }, [1, 2, 3], [2, 2, 2]);
  ratioed(part, { name: "second", subject: "EdgeSeal", against: "a <peer>", target: 0.5 }, [1, 2, 3], [2, 2, 2]);
  ratioed(part, { name: "third", subject: "EdgeSeal", against: "a <peer>" }, [1, 2, 3], [2, 2, 2]);
  return { suite: "edge", environment: { processor: "P", cores: 2, node: ["20.1.2"] }, ...part };
})();

test("each ratio is printed with its target, met or not", () => {
  assert.equal(
    ratioLines([SUITE]),
    "edge\n" +
      "  first   EdgeSeal against a <peer>  1.00×  0.75× to 1.25×  target 1.00×  met\n" +
      "  second  EdgeSeal against a <peer>  1.00×  0.75× to 1.25×  target 0.50×  NOT MET\n" +
      "  third   EdgeSeal against a <peer>  1.00×  0.75× to 1.25×",
  );
});

test("tables are Markdown, and a bar in a name stays in its cell", () => {
  const text = tables([SUITE]);
  assert.ok(text.includes("| first | EdgeSeal against a <peer> | **1.00×** | 0.75 to 1.25 | at most 1.00× | met |"));
  assert.ok(text.includes("|  | EdgeSeal | a <peer> |\n| --- | ---: | ---: |\n| c\\|d | 2.00 µs | 2.00 µs |"));
});

test("the page needs nothing from outside, no script, and shows names as they are", () => {
  const text = page([SUITE]);
  assert.ok(text.includes("Targets: 1 of 2 met"));
  assert.ok(text.includes("a &lt;peer&gt;") && !text.includes("<peer>"));
  assert.doesNotMatch(text, /<script|https?:|url\(|@import|src=/);
  assert.equal(text.match(/<svg /g)?.length, 1);
  assert.equal(text.match(/<rect class="ours"/g)?.length, 1);
});

test("suites of every kind have their plots", () => {
  const rows = (/** @type {string[]} */ cases) => {
    const part = nothing();
    for (const name of cases) for (const subject of ["a", "b"]) measured(part, { group: "time by size, kB", case: name, subject, unit: "us", rounds: [Number(name) * 3] });
    return part;
  };
  const kinds = ["growth", "stages", "decryptor"].map((suite) => page([{ suite, environment: {}, ...rows(["1", "10", "100"]) }]));
  assert.deepEqual(kinds.map((text) => text.match(/<svg /g)?.length), [1, 1, 3]);
  assert.equal(kinds[0]?.match(/<circle /g)?.length, 6);
  assert.equal(kinds[1]?.match(/<rect class="part0" x="\d+" y="\d+" width="\d/g)?.length, 4);
  for (const text of kinds) assert.doesNotMatch(text, /NaN|Infinity|undefined/);
});

test("EdgeSeal is held against every peer of the same rounds, and targets are for their case", () => {
  const part = nothing();
  const group = "direct mode, Node.js 20.1.2";
  for (const [subject, time] of /** @type {const} */ ([["EdgeSeal", 2], ["EdgeSeal, the host's RSA", 1], ["AWS post, Node.js", 4], ["AWS post, Python, pycryptodome", 20]])) {
    for (const name of ["1 record of 6 fields", "100 records of 6 fields"]) measured(part, { group, case: name, subject, unit: "us", rounds: [time] });
  }
  const found = edgeRatios(part, "Node.js 20.1.2").ratios.map(({ name, subject, against, ratio, target }) => [name.split(",")[0], subject, against, ratio, target]);
  assert.deepEqual(found.filter(([name]) => name === "1 record of 6 fields"), [
    ["1 record of 6 fields", "EdgeSeal", "AWS post, Node.js", 0.5, 1],
    ["1 record of 6 fields", "EdgeSeal", "AWS post, Python, pycryptodome", 0.1, 0.2],
    ["1 record of 6 fields", "EdgeSeal, the host's RSA", "AWS post, Node.js", 0.25, undefined],
  ]);
  assert.ok(found.every(([name, , , , target]) => name === "1 record of 6 fields" || target === undefined));
});

test("growth is told by what one more costs", () => {
  const part = nothing();
  const row = (/** @type {string} */ group, /** @type {string} */ subject, /** @type {number} */ at, /** @type {number} */ time) =>
    measured(part, { group, case: String(at), subject, unit: "us", rounds: [time] });
  for (const subject of ["980 kB, no value", "1 kB, no value"]) [1, 1000].forEach((at) => row(BY_RULES, subject, at, 100 + at / 100));
  for (const [at, time] of /** @type {const} */ ([[64, 100], [256, 292], [980, 1740]])) row(BY_SIZE, "EdgeSeal, no value", at, time);
  for (const subject of ["direct", "envelope"]) [100, 300, 900].forEach((at) => row(BY_VALUES, subject, at, 7 + 3 * at));
  const found = growthRatios(part).ratios;
  assert.deepEqual(found.map(({ ratio }) => ratio), [1.0999, 1.0999, 2, 1, 1]);
  assert.deepEqual(found.map(({ met }) => met), [true, true, false, undefined, undefined]);
});

test("callgrind's costs go to the file that the code was written in", () => {
  const text = `
fl=(1) /src/crates/edgeseal/src/json/lexer.rs
fn=(1) edgeseal::json::lexer
10 100
fi=(2) /rustc/abc/library/core/src/slice/iter.rs
+3 7
fe=(1)
* 5
cfi=(3) /src/aes-0.9.0/src/lib.rs
cfn=(2) aes::encrypt
calls=1 20
+1 9999
fl=(3)
fn=(2)
20 50
fl=(4) ???
fn=(3) memcpy
0 11
`;
  const costs = costByFile(text);
  assert.deepEqual([...costs], [["/src/crates/edgeseal/src/json/lexer.rs", 112], ["/src/aes-0.9.0/src/lib.rs", 50], ["memcpy", 11]]);
  assert.deepEqual([...costs.keys()].map(stageOf), ["parse", "AEAD", "memory"]);
  for (const file of ["", "/lib/ld.so"]) assert.ok(STAGES.includes(stageOf(file)));
});

test("records have as many protected values as asked for", () => {
  for (const values of [0, 1, 20]) {
    const text = records(50_000, values);
    assert.equal(JSON.parse(text).filter((/** @type {object} */ record) => "ssn" in record).length, values);
    assert.ok(text.length <= 50_000 && text.length > 49_000);
  }
});

test("a document keeps its words, and has the figures of what was measured", () => {
  const document = "Words.\n<!-- bench:targets -->\nold\n<!-- /bench:targets -->\nMore.\n<!-- bench:cold -->\nolder\n<!-- /bench:cold -->\n";
  const written = withFigures(document, sections([SUITE]));
  assert.match(written, /^Words\.\n<!-- bench:targets -->\n\n\| what \|[^]*\| first \|[^]*\n\n<!-- \/bench:targets -->\nMore\.\n/);
  assert.ok(written.endsWith("<!-- bench:cold -->\nolder\n<!-- /bench:cold -->\n"));
  assert.ok(!written.includes("third"));
  assert.equal(withFigures(written, sections([SUITE])), written);
});

test("a document has no figure of quick rounds", () => {
  const quick = { ...SUITE, environment: { ...SUITE.environment, quick: true } };
  const document = "<!-- bench:edge -->\nold\n<!-- /bench:edge -->\n<!-- bench:targets -->\nold\n<!-- /bench:targets -->\n";
  assert.equal(withFigures(document, sections([quick])), document);
  const written = withFigures(document, sections([{ ...quick, suite: "size" }, SUITE]));
  assert.equal(written.split("| first |").length - 1, 1, "of the two, the one that is not quick");
  assert.match(ratioLines([quick]), /^edge \(quick: too few rounds to rely on\)/);
});

test("a document says what was measured on another day", () => {
  const on = (/** @type {string} */ suite, /** @type {string} */ date) => ({ ...SUITE, suite, environment: { ...SUITE.environment, date } });
  const written = sections([on("edge", "2026-11-21"), on("cold", "2026-11-22"), on("size", "2026-11-21")]).get("environment");
  assert.match(written ?? "", /; 2026-11-21, cold on 2026-11-22\.$/);
});

test("a document has the decryptor's ratios by format, and calls of AWS KMS beside those of others", () => {
  const part = nothing();
  for (const what of ["processor time", "time"]) {
    ratioed(part, { name: `CSV without tokens, ${what}`, subject: "edgeseal inspect", against: "ripgrep -c" }, [3], [2]);
    measured(part, { group: `text without tokens: ${what}`, case: "CSV", subject: "cp", unit: "ms", rounds: [7] });
  }
  measured(part, { group: "library: text without tokens", case: "CSV", subject: "Scan", unit: "GB/s", rounds: [2.5] });
  for (const [subject, calls] of /** @type {const} */ ([["edgeseal decrypt", 0.8], ["AWS post, Python", 2]])) {
    measured(part, { group: "KMS: calls per record", case: "100 records", subject, unit: "calls", rounds: [calls] });
  }
  ratioed(part, { name: "KMS, 100 records: time", subject: "edgeseal decrypt", against: "AWS post, Python" }, [1], [4]);
  const written = sections([{ suite: "decryptor", environment: {}, ...part }]).get("decryptor") ?? "";
  assert.deepEqual(written.match(/^\*\*.*\*\*$/gm), ["**text without tokens: processor time**", "**text without tokens: time**", "**keys in AWS KMS**", "**library: text without tokens**"]);
  assert.equal(written.match(/^\| CSV \| 1\.50× \|$/gm)?.length, 2);
  assert.match(written, /^\| 100 records \| edgeseal decrypt \| 0\.80 \| 2\.00 \| 0\.25× \|$/m);
  assert.match(written, /^\| CSV \| 2\.50 GB\/s \|$/m);
});

test("steps of a start are told by a clock inside, or by what each start more takes", () => {
  const part = nothing();
  stepped(part, "Node.js", [{ script: 1, compile: 2, instantiate: 3, policy: 4, first: 5 }, { script: 3, compile: 4, instantiate: 5, policy: 6, first: 7 }]);
  stepped(part, "an engine whose scripts were there", [{ compile: 2, instantiate: 3, policy: 4, first: 5 }]);
  stepped(part, "a runtime whose clock stands still", [{ first: 5 }, {}]);
  assert.deepEqual(part.measurements.map(({ subject, median }) => [subject, median]), [
    ...[2, 3, 4, 5, 6].map((time) => ["Node.js", time]),
    ...[2, 3, 4, 5].map((time) => ["an engine whose scripts were there", time]),
  ]);
  const other = nothing();
  const totals = (/** @type {number[]} */ all) => all.map((total) => ({ total }));
  const starts = { empty: [10, 20], script: [11, 21], compile: [15, 26], instantiate: [15, 26], policy: [20, 30], first: [26, 35] };
  stepsBetween(other, "workerd", new Map(Object.entries(starts).map(([step, all]) => [step, totals(all)])));
  assert.deepEqual(other.measurements.map(({ rounds }) => rounds), [[1, 1], [4, 5], [0, 0], [5, 4], [6, 5]]);
  const threads = nothing();
  stepsBetween(threads, "workerd", new Map(Object.keys(starts).map((step, i) => [step, [{ total: 50 - i, thread: 2 * i }]])));
  assert.deepEqual(threads.measurements.map(({ median }) => median), [2, 2, 2, 2, 2]);
});

test("whoever watches a start changes nothing, and its steps are all of its time", (t) => {
  const own = { ...Object.fromEntries(Object.getOwnPropertyNames(WebAssembly).map((name) => [name, Reflect.get(WebAssembly, name)])) };
  t.after(() => Object.assign(WebAssembly, { Module: own.Module, Instance: own.Instance, compileStreaming: own.compileStreaming }));
  const memoryOfOnePage = Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0, 5, 3, 1, 0, 1, 7, 5, 1, 1, 109, 2, 0]);
  const older = new WebAssembly.Module(memoryOfOnePage);
  const { steps, memory } = watch();
  assert.deepEqual([steps(0, 1), memory()], [{}, undefined]);
  const begin = performance.now();
  const module = new WebAssembly.Module(memoryOfOnePage);
  const instance = new WebAssembly.Instance(module);
  const loaded = performance.now();
  assert.ok(older instanceof WebAssembly.Module && module instanceof own.Module && instance instanceof own.Instance);
  assert.equal(WebAssembly.Module.exports(module).length, 1);
  const { script = NaN, compile = NaN, instantiate = NaN, policy = NaN } = steps(begin, loaded);
  assert.ok([script, compile, instantiate, policy].every((time) => time >= 0));
  assert.ok(Math.abs(script + compile + instantiate + policy - (loaded - begin)) < 1e-6);
  assert.equal(memory(), 65_536);
});

test("the memory of a browser is that of the processes that show its pages", { skip: process.platform !== "linux" && "no /proc" }, async (t) => {
  assert.equal(memoryOfRenderers(process.pid), undefined);
  const child = spawn(process.execPath, ["-e", "console.log(1); process.stdin.resume()", "--", "--type=renderer"], { stdio: ["pipe", "pipe", "ignore"] });
  t.after(() => child.kill());
  await once(child.stdout, "data");
  assert.ok((memoryOfRenderers(process.pid) ?? 0) > 1_000_000);
  assert.equal(memoryOfRenderers(child.pid), undefined);
});

test("a count of instructions that grew by more than what is tolerated is told, and the worst misses its target", (t) => {
  const log = t.mock.method(console, "log", () => undefined);
  const told = (/** @type {Record<string, number>} */ changes) => {
    const part = nothing();
    tell(part, Object.entries(changes).map(([workload, more]) => ({ workload, more })));
    return part.ratios.map(({ subject, ratio, met }) => ({ subject, ratio, met }));
  };
  assert.deepEqual(told({ a: -3, b: 1, c: 0.2 }), [{ subject: "now, b", ratio: 1, met: true }]);
  assert.equal(log.mock.callCount(), 0);
  assert.deepEqual(told({ a: 1.2, b: 7, c: 0 }), [{ subject: "now, b", ratio: 7, met: false }]);
  assert.deepEqual(log.mock.calls.map(({ arguments: [line] }) => /WORSE: (\w)/.exec(line)?.[1]), ["a", "b"]);
  assert.deepEqual(told({}), []);
});
