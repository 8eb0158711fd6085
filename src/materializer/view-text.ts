/**
 * Whether two stored texts are the same view. A warehouse may print one view in two ways, as it was created and as it was
 * read back from disk after a restart; what differs only in that is nobody's change.
 */
export function sameViewText(left: string | undefined, right: string | undefined): boolean {
  return (
    left === right ||
    (left !== undefined && right !== undefined && settled(left) === settled(right))
  );
}

const QUOTED = /'(?:[^']|'')*'|"(?:[^"]|"")*"/g;
/** Quoted, these mean what they mean unquoted. */
const TYPE_NAME =
  /^"(?:DATE|TIME|TIMESTAMP(?:_N?S|_MS)?|TIME(?:STAMP)? WITH TIME ZONE|U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DOUBLE|FLOAT|BOOLEAN|VARCHAR|BLOB|UUID|BIT|INTERVAL)"$/;

/** Quoted parts stay as they are, but for names of types; the rest is written in one of its spellings. */
function settled(text: string): string {
  const kept: string[] = [];
  const open = text.replaceAll(QUOTED, (quoted: string) => {
    if (TYPE_NAME.test(quoted) || quoted === '"row"') {
      return quoted.slice(1, -1);
    }
    kept.push(quoted);
    return `'${kept.length - 1}'`;
  });
  return SPELLINGS.reduce((sum, [from, to]) => sum.replaceAll(from, to), open).replaceAll(
    /'(\d+)'/g,
    (_whole, index: string) => kept[Number(index)] ?? '',
  );
}

const SPELLINGS: readonly (readonly [from: RegExp, to: string])[] = [
  [/\blambda (\w+): /g, '$1 -> '],
  [/\blambda (\w+(?:, \w+)+): /g, 'row($1) -> '],
  [/\bmain\.row\(/g, 'row('],
  [/ AS (?:NOT )?MATERIALIZED \(/g, ' AS ('],
  [/ CROSS JOIN /g, ' , '],
  [/\bDECIMAL(?!\()/g, 'DECIMAL(18,3)'],
  [/\bDECIMAL\((\d+)\)/g, 'DECIMAL($1,0)'],
  [/\bDECIMAL\((\d+), ?(\d+)\)/g, 'DECIMAL($1,$2)'],
  [/\bVARCHAR\(\d+\)/g, 'VARCHAR'],
];
