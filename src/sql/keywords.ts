import { LOWERED } from './text-bytes.ts';

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
/** By keyword: the hash, and the characters, ended by 0. */
const HASHES = new Int32Array(KEYWORDS.length + 1);
const LONGEST = Math.max(...KEYWORDS.map((word) => word.length));
const SPELLED = new Uint8Array((KEYWORDS.length + 1) * (LONGEST + 1));

/** FNV-1a, a character at a time, over lower-case ASCII; the lexer keeps it while it scans a word. */
export const HASH_START = 0x811c9dc5;

export function hashNext(hash: number, code: number): number {
  return Math.imul(hash ^ code, 0x01000193);
}

for (const [index, word] of KEYWORDS.entries()) {
  const id = index + 1;
  const hash = hashOf(word);
  HASHES[id] = hash;
  for (let at = 0; at < word.length; at += 1) {
    SPELLED[id * (LONGEST + 1) + at] = word.charCodeAt(at);
  }
  let slot = hash & (TABLE_SIZE - 1);
  while (TABLE[slot] !== 0) {
    slot = (slot + 1) & (TABLE_SIZE - 1);
  }
  TABLE[slot] = id;
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

/** The keyword with this hash of its lower-case characters, 0 for none; whether the word is it shows `isSpelled`. */
export function keywordHashed(hash: number): number {
  let slot = hash & (TABLE_SIZE - 1);
  for (let id = TABLE[slot] ?? 0; id !== 0; id = TABLE[slot] ?? 0) {
    if (HASHES[id] === hash) {
      return id;
    }
    slot = (slot + 1) & (TABLE_SIZE - 1);
  }
  return 0;
}

/** Whether these bytes are the keyword, in either case. */
export function isSpelled(
  id: number,
  {
    bytes,
    start,
    end,
  }: { readonly bytes: Uint8Array; readonly start: number; readonly end: number },
): boolean {
  let at = id * (LONGEST + 1);
  for (let index = start; index < end; index += 1) {
    if (SPELLED[at] !== LOWERED[bytes[index] ?? 0]) {
      return false;
    }
    at += 1;
  }
  return SPELLED[at] === 0;
}

function hashOf(word: string): number {
  let hash = HASH_START;
  for (let index = 0; index < word.length; index += 1) {
    hash = hashNext(hash, word.charCodeAt(index));
  }
  return hash;
}
