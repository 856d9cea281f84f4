// Numbers for people.

/** Units as they are written, and from where on a larger one is. */
const SHOWN = new Map([
  ["us", { unit: "µs", largest: 9_999.5, next: "ms", factor: 1_000 }],
  ["bytes", { unit: "bytes", largest: 9_999.5, next: "kB", factor: 1_000 }],
]);

/**
 * Three digits, and the unit; a ratio has none.
 * @param {number} number
 * @param {string} [unit]
 */
export function figure(number, unit) {
  if (unit === undefined) return `${digits(number)}×`;
  const shown = SHOWN.get(unit);
  if (shown === undefined) return `${digits(number)} ${unit}`;
  const { unit: written, largest, next, factor } = shown;
  return Math.abs(number) > largest ? `${digits(number / factor)} ${next}` : `${digits(number)} ${written}`;
}

/** @param {number} number */
export function digits(number) {
  if (!Number.isFinite(number)) return "-";
  const size = Math.abs(number);
  if (size >= 100) return Math.round(number).toLocaleString("en-GB");
  return number.toFixed(size >= 10 ? 1 : size >= 0.095 ? 2 : 3);
}

/**
 * What a figure is of.
 * @param {{ subject: string, against: string }} ratio
 */
export function ofWhat({ subject, against }) {
  return against === "" ? subject : `${subject} against ${against}`;
}
