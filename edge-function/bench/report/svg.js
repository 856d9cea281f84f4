// Plots as SVG: bars, stacked bars, lines. Colours are classes of the page's style sheet, so that they fit light and dark.

import { digits } from "./figure.js";

const WIDTH = 580;
const LABELS = 222;
const LINE = 24;
const FIGURES = 84;
const TOP = 26;

/** @typedef {{ label: string, value: number, text: string, isOurs: boolean }} Bar */

/**
 * Horizontal bars, the shortest possible way to compare lengths. Where values differ by more than a factor of 50, the axis is logarithmic and says so.
 * @param {string} title for who cannot see it
 * @param {Bar[]} bars
 * @param {string} unit
 */
export function barPlot(title, bars, unit) {
  const values = bars.map(({ value }) => value).filter((value) => value > 0);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const isLog = most / least > 50;
  const [low, high] = isLog ? [10 ** Math.floor(Math.log10(least)) / 1.0001, most] : [0, most];
  const span = WIDTH - LABELS - FIGURES;
  const at = (/** @type {number} */ value) => span * (isLog ? Math.log(Math.max(value, low) / low) / Math.log(high / low) : value / high);
  const height = TOP + bars.length * LINE + 6;
  const ticks = isLog ? powers(low, high) : even(high);
  const axis = ticks.map(
    (tick) => `<path class="grid" d="M${near(LABELS + at(tick))} ${TOP - 6}V${height}"/>` + text(LABELS + at(tick), 12, digitsOf(tick), "tick", "middle"),
  );
  const rows = bars.map(({ label, value, text: said, isOurs }, i) => {
    const y = TOP + i * LINE;
    return (
      text(LABELS - 8, y + 15, label, isOurs ? "label ours" : "label", "end") +
      `<rect class="${isOurs ? "ours" : "peer"}" x="${LABELS}" y="${y + 3}" width="${near(Math.max(1, at(value)))}" height="${LINE - 8}" rx="2"/>` +
      text(LABELS + at(value) + 6, y + 15, said, "value", "start")
    );
  });
  const scale = text(8, 12, isLog ? `${unit}, logarithmic` : unit, "tick", "start");
  return svg(title, height, scale + axis.join("") + rows.join(""));
}

/**
 * Bars of parts, which add up to a whole.
 * @param {string} title
 * @param {{ label: string, parts: { name: string, value: number, text: string }[] }[]} bars
 * @param {string[]} names of the parts, in order
 */
export function stackedPlot(title, bars, names) {
  const span = WIDTH - LABELS - 10;
  const columns = 2;
  const legendRows = Math.ceil(names.length / columns);
  const legend = names.map((name, i) => {
    const x = 8 + (i % columns) * 270;
    const y = 6 + Math.floor(i / columns) * 18;
    return `<rect class="part${i % 8}" x="${x}" y="${y}" width="12" height="12" rx="2"/>${text(x + 18, y + 10, name, "tick", "start")}`;
  });
  const top = legendRows * 18 + 14;
  const rows = bars.map(({ label, parts }, row) => {
    const whole = parts.reduce((sum, { value }) => sum + Math.max(0, value), 0);
    const y = top + row * (LINE + 4);
    let x = LABELS;
    const pieces = parts.map(({ name, value, text: said }) => {
      const width = (span * Math.max(0, value)) / whole;
      const piece =
        `<rect class="part${names.indexOf(name) % 8}" x="${near(x)}" y="${y}" width="${near(width)}" height="${LINE - 4}"><title>${escape(`${name}: ${said}`)}</title></rect>` +
        (width > 46 ? text(x + width / 2, y + 14, said, "inside", "middle") : "");
      x += width;
      return piece;
    });
    return text(LABELS - 8, y + 14, label, "label", "end") + pieces.join("");
  });
  return svg(title, top + bars.length * (LINE + 4) + 4, legend.join("") + rows.join(""));
}

/**
 * Lines over a logarithmic axis; both axes are logarithmic, so that linear growth is a straight line with a slope of one.
 * @param {string} title
 * @param {{ name: string, points: { x: number, y: number }[] }[]} lines
 * @param {{ x: string, y: string }} axes with units
 */
export function linePlot(title, lines, axes) {
  const [left, right, top, bottom] = [66, 150, 14, 44];
  const height = 300;
  const points = lines.flatMap(({ points }) => points);
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const [x0, x1] = [Math.min(...xs), Math.max(...xs)];
  const [y0, y1] = [10 ** Math.floor(Math.log10(Math.min(...ys))), 10 ** Math.ceil(Math.log10(Math.max(...ys) * 1.0001))];
  const across = (/** @type {number} */ x) => left + ((WIDTH - left - right) * Math.log(x / x0)) / (Math.log(x1 / x0) || 1);
  const up = (/** @type {number} */ y) => height - bottom - ((height - top - bottom) * Math.log(y / y0)) / Math.log(y1 / y0);
  const grid =
    powers(y0, y1)
      .map((y) => `<path class="grid" d="M${left} ${near(up(y))}H${WIDTH - right}"/>${text(left - 6, up(y) + 4, digitsOf(y), "tick", "end")}`)
      .join("") +
    [...new Set(xs)]
      .sort((a, b) => a - b)
      .filter((x, i, all) => i === 0 || across(x) - across(all[i - 1] ?? x0) > 34)
      .map((x) => `<path class="grid" d="M${near(across(x))} ${top}V${height - bottom}"/>${text(across(x), height - bottom + 16, digitsOf(x), "tick", "middle")}`)
      .join("");
  let below = -Infinity;
  const ends = lines
    .map(({ name, points }, i) => ({ name, i, y: up(points.at(-1)?.y ?? y0) }))
    .sort((a, b) => a.y - b.y)
    .map(({ name, i, y }) => {
      below = Math.max(y + 4, below + 15);
      return text(WIDTH - right + 8, below, name, `tick line${i % 8}`, "start");
    });
  const drawn = lines.map(({ name, points }, i) => {
    const path = points.map(({ x, y }, j) => `${j === 0 ? "M" : "L"}${near(across(x))} ${near(up(y))}`).join("");
    const dots = points.map(
      ({ x, y }) => `<circle class="dot${i % 8}" cx="${near(across(x))}" cy="${near(up(y))}" r="3"><title>${escape(`${name}: ${digits(x)}, ${digits(y)}`)}</title></circle>`,
    );
    return `<path class="stroke${i % 8}" d="${path}"/>${dots.join("")}`;
  });
  const words =
    text((left + WIDTH - right) / 2, height - 8, axes.x, "tick", "middle") +
    `<g transform="translate(14 ${(height - bottom + top) / 2}) rotate(-90)">${text(0, 0, axes.y, "tick", "middle")}</g>`;
  return svg(title, height, grid + drawn.join("") + ends.join("") + words);
}

/** @param {string} text */
export function escape(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/**
 * @param {string} title
 * @param {number} height
 * @param {string} content
 */
function svg(title, height, content) {
  return `<svg viewBox="0 0 ${WIDTH} ${Math.ceil(height)}" role="img" aria-label="${escape(title)}">${content}</svg>`;
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} content
 * @param {string} classes
 * @param {"start" | "middle" | "end"} anchor
 */
function text(x, y, content, classes, anchor) {
  return `<text x="${near(x)}" y="${near(y)}" class="${classes}" text-anchor="${anchor}">${escape(content)}</text>`;
}

/**
 * The powers of ten from one number to another.
 * @param {number} low
 * @param {number} high
 */
function powers(low, high) {
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9)];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => 10 ** (first + i));
}

/** Round numbers from 0 up. @param {number} high */
function even(high) {
  const step = [1, 2, 5, 10].map((factor) => factor * 10 ** Math.floor(Math.log10(high / 4))).find((step) => high / step <= 5.5) ?? high;
  return Array.from({ length: Math.floor(high / step + 1e-9) + 1 }, (_, i) => i * step);
}

/** @param {number} number */
function digitsOf(number) {
  return Number(number.toPrecision(6)).toLocaleString("en-GB", { maximumFractionDigits: 6 });
}

/** @param {number} number */
function near(number) {
  return Math.round(number * 10) / 10;
}
