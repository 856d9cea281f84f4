// Figures in a document: what lies between `<!-- bench:NAME -->` and `<!-- /bench:NAME -->` is written anew.

const BLOCK = /(<!-- bench:([\w-]+) -->\n)[^]*?(<!-- \/bench:\2 -->)/g;

/**
 * A section that was not measured stays as it is.
 * @param {string} document
 * @param {Map<string, string>} sections
 */
export function withFigures(document, sections) {
  return document.replace(BLOCK, (block, begin, name, end) => {
    const section = sections.get(name);
    return section === undefined ? block : `${begin}\n${section}\n\n${end}`;
  });
}
