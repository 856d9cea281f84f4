// Whether a module was made together with the JavaScript that calls it. One of another build may fit well enough to run, and then lose
// arguments, or do what an older release did.

/** Of a module, the custom section that holds the mark of its build. */
const SECTION = "edgeseal-build";

/**
 * @param {unknown} module
 * @param {string} build the mark that the JavaScript carries
 */
export function isOfBuild(module, build) {
  if (!(module instanceof WebAssembly.Module)) return false;
  const marks = WebAssembly.Module.customSections(module, SECTION);
  return marks.length === 1 && new TextDecoder().decode(marks[0]) === build;
}
