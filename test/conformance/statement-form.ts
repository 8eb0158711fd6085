/** Comments, texts, numbers and quoted names are whose statement it is; the rest is its form. */
const OWN = /\/\*[\s\S]*?\*\/|--[^\n]*|'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"]|"")*"|`[^`]*`|\b\d+\b/g;

/** Whatever a warehouse has of its own: there rights and words are special. */
const SYSTEM =
  /\b(?:information_schema|account_usage|system|pg_catalog|__tables__)\b[.#\w]*|\b\w*information_schema\.\w+|\bsystem\$\w+|#?\.?information_schema\.\w+/gi;

/**
 * The form of a statement: of one that writes its words, but for what it selects; of one that reads, what of the warehouse's own it reads.
 */
export function formOf(sql: string): string {
  const plain = sql
    .replaceAll(OWN, (found) => (/^(\/\*|--)/.test(found) ? ' ' : '#'))
    .toLowerCase()
    .replaceAll(/#(\s*\.\s*[#\w]+)+/g, '#')
    .replaceAll(/\s+/g, ' ')
    .trim();
  if (/^\(?(select|with)\b/.test(plain)) {
    const read = [...new Set(plain.match(SYSTEM) ?? [])].toSorted();
    return `select of ${read.length === 0 ? 'relations' : read.join(', ')}`;
  }
  const isWhole = /^(grant|revoke|set|alter)\b/.test(plain);
  const [head = ''] = isWhole ? [plain] : plain.split(/\b(?:as|select|values|where|set)\b/);
  let bare = head;
  for (let outer = ''; outer !== bare; ) {
    outer = bare;
    bare = outer.replaceAll(/\([^()]*\)/g, '');
  }
  return bare.replaceAll(/\s+/g, ' ').trim();
}
