// What callgrind writes: https://valgrind.org/docs/manual/cl-format.html.

/** Where the standard library was compiled from: what it does, it does for whom it was compiled into. */
const STANDARD = /\/rustc\/|\/library\/(core|alloc|std)\/|^\?*$/;

/**
 * Instructions by source file, of code where it was written: what was compiled into another function counts for its own file, and what is the
 * standard library's for the function that it was compiled into. A function without a file counts by its name.
 * @param {string} text
 * @returns {Map<string, number>}
 */
export function costByFile(text) {
  /** Names are written once, with a number for later: files and functions each have their own. */
  const names = { file: new Map(), function: new Map() };
  /** @type {Map<string, number>} */
  const costs = new Map();
  let [file, own, name, isCall] = ["", "", "", false];
  for (const line of text.split("\n")) {
    const [, key, id, said] = /^(fl|fi|fe|cfi|cfl|fn|cfn)=(\(\d+\))?(?: ?(.*))?$/.exec(line) ?? [];
    if (key !== undefined) {
      const found = look(key.endsWith("n") ? names.function : names.file, id, said);
      if (key === "fl") [own, file] = [found, found];
      else if (key === "fn") [name, file] = [found, own];
      else if (key === "fi" || key === "fe") file = found;
    } else if (line.startsWith("calls=")) {
      // The line after it is what the callee took, which counts there.
      isCall = true;
    } else if (/^[+*\d-]/.test(line)) {
      const cost = Number(line.split(" ")[1]);
      const place = !STANDARD.test(file) ? file : !STANDARD.test(own) ? own : name;
      if (!isCall && Number.isFinite(cost)) costs.set(place, (costs.get(place) ?? 0) + cost);
      isCall = false;
    }
  }
  return costs;
}

/**
 * @param {Map<string, string>} names
 * @param {string | undefined} id
 * @param {string} [name]
 */
function look(names, id, name = "") {
  if (id === undefined) return name;
  if (name !== "") names.set(id, name);
  return names.get(id) ?? "";
}
