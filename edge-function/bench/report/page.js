// The page: one HTML file with plots, readable without JavaScript, light or dark.

import { digits, figure, ofWhat } from "./figure.js";
import { plotsOf } from "./plots.js";
import { escape } from "./svg.js";
import { TITLES } from "./titles.js";

/** @param {import("../results.js").Results[]} suites */
export function page(suites) {
  const nav = suites.map(({ suite }) => `<a href="#${escape(suite)}">${escape(suite)}</a>`).join(" ");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>EdgeSeal: measurements</title>
<style>${STYLE}</style>
<h1>EdgeSeal: measurements</h1>
<p>A ratio is the median of rounds in which what is compared took turns; in brackets, what half of the rounds lie between. Absolute times are of one machine and mean little
elsewhere; in Node.js and Python they are processor time. Below 1 is less than what it is held against.</p>
<nav>${nav}</nav>
${targets(suites)}
${suites.map(section).join("\n")}
</html>
`;
}

/** Everything that has a target, first. @param {import("../results.js").Results[]} suites */
function targets(suites) {
  const rows = suites.flatMap(({ ratios }) => ratios.filter(({ target }) => target !== undefined));
  if (rows.length === 0) return "";
  const met = rows.filter(({ met }) => met).length;
  return `<section><h2>Targets: ${met} of ${rows.length} met</h2>${ratioTable(rows)}</section>`;
}

/** @param {import("../results.js").Results} results */
function section({ suite, environment, measurements, ratios }) {
  const others = ratios.filter(({ target }) => target === undefined);
  const { processor, cores, node, date, quick } = environment;
  const where = [processor, cores === undefined ? undefined : `${cores} cores`, node === undefined ? undefined : `Node.js ${[node].flat().join(", ")}`, date];
  const plots = plotsOf(suite, measurements).map(({ title, svg }) => `<figure><figcaption>${escape(title)}</figcaption>${svg}</figure>`);
  return `<section id="${escape(suite)}">
<h2>${escape(TITLES.get(suite) ?? suite)}</h2>
<p class="where">${escape(where.filter((part) => part !== undefined).join("; "))}${quick === true ? "; <b>quick: too few rounds to rely on</b>" : ""}</p>
<div class="plots">${plots.join("\n")}</div>
${others.length > 0 ? `<details${others.length > 12 ? "" : " open"}><summary>${others.length} ratios without a target</summary>${ratioTable(others)}</details>` : ""}
</section>`;
}

/** @param {import("../results.js").Ratio[]} ratios */
function ratioTable(ratios) {
  const rows = ratios.map(({ name, subject, against, ratio, low, high, unit, target, met }) => {
    const goal = target === undefined ? "" : `at most ${figure(target, unit)}`;
    const verdict = met === undefined ? "" : met ? '<span class="met">met</span>' : '<span class="unmet">not met</span>';
    const range = low === high ? "" : `(${digits(low)} to ${digits(high)})`;
    const cells = [escape(name), escape(ofWhat({ subject, against }))];
    return `<tr><td>${cells.join("<td>")}<td class="number"><b>${escape(figure(ratio, unit))}</b><td class="number">${range}<td class="number">${escape(goal)}<td>${verdict}`;
  });
  return `<div class="wide"><table><tr><th>what<th>of what<th>figure<th>half of the rounds<th>target<th>${rows.join("")}</table></div>`;
}

const HUES = ["#2f6fde", "#d9762b", "#2e9e6b", "#b5489c", "#8a7d1f", "#5a5fb8", "#c2443f", "#4b8f9e"];

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2330; --dim: #5c6675; --paper: #fff; --line: #d9dee6; --ours: #2f6fde; --peer: #a9b3c2; --met: #1d7f4f; --unmet: #b4332d; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ef; --dim: #9aa5b5; --paper: #14181f; --line: #323a47; --ours: #5d95f5; --peer: #5d6878; --met: #5cc996; --unmet: #f08078; } }
body { margin: 2rem auto; max-width: 75rem; padding: 0 1rem; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin: 2.5rem 0 .3rem; } nav a { margin-right: .8rem; } a { color: var(--ours); }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: .6rem 2rem; } figure { margin: .6rem 0; } figcaption { font-weight: 600; margin-bottom: .3rem; } .where { color: var(--dim); font-size: .85rem; margin: 0 0 .6rem; }
.wide { overflow-x: auto; } summary { margin: .6rem 0; color: var(--dim); cursor: pointer; } table { border-collapse: collapse; font-size: .88rem; } td, th { padding: .25rem .7rem .25rem 0; text-align: left; border-bottom: 1px solid var(--line); vertical-align: top; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } .met { color: var(--met); font-weight: 600; } .unmet { color: var(--unmet); font-weight: 600; white-space: nowrap; }
svg { display: block; width: 100%; height: auto; } svg text { font: 12px system-ui, sans-serif; fill: var(--ink); } svg .tick { fill: var(--dim); font-size: 11px; } svg .label.ours { font-weight: 700; }
svg .value { font-variant-numeric: tabular-nums; } svg .inside { fill: #fff; font-size: 11px; } svg .grid { stroke: var(--line); fill: none; } svg .ours { fill: var(--ours); } svg text.ours { fill: var(--ink); } svg .peer { fill: var(--peer); }
${HUES.map((hue, i) => `svg .part${i}, svg .dot${i}, svg text.line${i} { fill: ${hue}; } svg .stroke${i} { stroke: ${hue}; fill: none; stroke-width: 2; }`).join("\n")}
`;
