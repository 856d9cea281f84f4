// Two or three JSON texts side by side, a line for each member, in 100 columns.

/** Characters of each column, for two and for three; a separator of three characters stands between them. */
const WIDTHS_OF = new Map([
  [2, [42, 55]],
  [3, [29, 36, 29]],
]);
const MAX_ROWS = 40;

/**
 * @param {string[]} titles
 * @param {string[]} texts JSON of the same shape, but for values that became tokens
 */
export function columns(titles, texts) {
  const widths = WIDTHS_OF.get(titles.length) ?? [];
  const rows = [...walk("", texts.map((text) => JSON.parse(text)), "")];
  const shown = rows.slice(0, MAX_ROWS).map((cells) => line(cells, widths));
  if (rows.length > MAX_ROWS) shown.push(`… ${rows.length - MAX_ROWS} more lines`);
  return [line(titles, widths), widths.map((width) => "-".repeat(width)).join("-+-"), ...shown].join("\n");
}

/**
 * @param {string} label
 * @param {any[]} values the same place in each text
 * @param {string} indent
 * @returns {Generator<string[]>}
 */
function* walk(label, values, indent) {
  const [first] = values;
  // A container that became a token is one line: its text beside the token.
  if (!values.every((value) => typeof value === "object" && value !== null)) {
    yield values.map((value) => `${indent}${label}${shortened(JSON.stringify(value))}`);
    return;
  }
  const [open, close] = Array.isArray(first) ? "[]" : "{}";
  yield values.map(() => `${indent}${label}${open}`);
  for (const name of Object.keys(first)) {
    const inner = Array.isArray(first) ? "" : `${JSON.stringify(name)}: `;
    yield* walk(inner, values.map((value) => value[name]), `${indent} `);
  }
  yield values.map(() => `${indent}${close}`);
}

/** @param {string} text */
function shortened(text) {
  // A part of a JWE may begin with `__`; only the suffix has nothing of a token behind it.
  return text.replaceAll(/(__es1\.[\w-]+\.[sve]\.)[\w.-]+?(\.__)(?![\w.-])/g, "$1…$2");
}

/**
 * @param {string[]} cells
 * @param {number[]} widths
 */
function line(cells, widths) {
  const fitted = widths.map((width, i) => {
    const characters = [...(cells[i] ?? "")];
    return characters.length > width ? `${characters.slice(0, width - 1).join("")}…` : characters.join("").padEnd(width);
  });
  return fitted.join(" | ").trimEnd();
}
