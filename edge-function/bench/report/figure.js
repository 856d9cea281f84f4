// Numbers for people.

/** Units as they are written. */
const SHOWN = new Map([["us", "µs"]]);

/**
 * Three digits, and the unit; a ratio has none.
 * @param {number} number
 * @param {string} [unit]
 */
export function figure(number, unit) {
  const text = digits(number);
  return unit === undefined ? `${text}×` : `${text} ${SHOWN.get(unit) ?? unit}`;
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
