/** The words our token-level readers look at; nothing else is a keyword to them. At most 255. */
const KEYWORDS = `
  select from where group order by having limit offset fetch first next top qualify window union intersect
  except minus with recursive as on using join inner left right full outer cross natural lateral semi anti asof
  in values interval and or not is null true false between like ilike case when then else end exists any all
  some distinct asc desc nulls array cast try_cast safe_cast date time timestamp timestamptz datetime
  insert into update delete merge create replace temp temporary table view materialized external transient
  overwrite drop alter truncate rename comment grant revoke analyze analyse vacuum optimize cluster reindex
  explain describe show pragma set reset use call execute prepare deallocate declare begin start commit
  rollback savepoint release abort copy unload export import attach detach load install checkpoint
  if only partition over rows range groups preceding following unbounded current row filter within
  for of pivot unpivot tablesample sample put get remove list unset refresh cache uncache
  summarize exec kill lock unlock listen notify matched local global unlogged secure force volatile
  dynamic streaming live iceberg hybrid
`
  .trim()
  .split(/\s+/);

const KEYWORD_SET = new Set(KEYWORDS);
const TABLE_SIZE = 2048;
const TABLE = new Uint8Array(TABLE_SIZE);
const LONGEST = Math.max(...KEYWORDS.map((word) => word.length));

/** FNV-1a, a character at a time, over lower-case ASCII; the lexer keeps it while it scans a word. */
export const HASH_START = 0x811c9dc5;

export function hashNext(hash: number, code: number): number {
  return Math.imul(hash ^ code, 0x01000193);
}

for (const [index, word] of KEYWORDS.entries()) {
  let slot = hashOf(word) & (TABLE_SIZE - 1);
  while (TABLE[slot] !== 0) {
    slot = (slot + 1) & (TABLE_SIZE - 1);
  }
  TABLE[slot] = index + 1;
}

/** The number of a keyword, for comparisons with token codes; throws on a word not in the list. */
export function keyword(word: string): number {
  const index = KEYWORDS.indexOf(word);
  if (index === -1) {
    throw new RangeError(`'${word}' is not in the list of keywords`);
  }
  return index + 1;
}

/** Whether a lower-case word is in the list. */
export function isKeywordText(word: string): boolean {
  return KEYWORD_SET.has(word);
}

/** False for most other words: a look at the table before the characters are compared. */
export function mayBeKeyword(hash: number): boolean {
  return TABLE[hash & (TABLE_SIZE - 1)] !== 0;
}

/** The keyword at this place of the text, 0 for any other word; `hash` is of its lower-case characters. */
export function keywordAt(sql: string, word: { start: number; end: number; hash: number }): number {
  const length = word.end - word.start;
  if (length > LONGEST || length < 2) {
    return 0;
  }
  let slot = word.hash & (TABLE_SIZE - 1);
  for (let id = TABLE[slot] ?? 0; id !== 0; id = TABLE[slot] ?? 0) {
    if (isWordAt(sql, word.start, { length, expected: KEYWORDS[id - 1] ?? '' })) {
      return id;
    }
    slot = (slot + 1) & (TABLE_SIZE - 1);
  }
  return 0;
}

function isWordAt(
  sql: string,
  start: number,
  { length, expected }: { length: number; expected: string },
): boolean {
  if (expected.length !== length) {
    return false;
  }
  for (let offset = 0; offset < length; offset += 1) {
    const code = sql.charCodeAt(start + offset);
    const lower = code >= 65 && code <= 90 ? code + 32 : code;
    if (lower !== expected.charCodeAt(offset)) {
      return false;
    }
  }
  return true;
}

function hashOf(word: string): number {
  let hash = HASH_START;
  for (let index = 0; index < word.length; index += 1) {
    hash = hashNext(hash, word.charCodeAt(index));
  }
  return hash;
}
