import type { Dialect } from './dialect.ts';
import { foldedQuoted, foldedWord } from './fold-name.ts';
import { keyword } from './keywords.ts';
import type { AliasDeclaration } from './table-aliases.ts';
import { isAnyName, isPlainName, tableAliases } from './table-aliases.ts';
import type { Tokens } from './tokens.ts';
import { COMMA, DOT, isKeyword, isPunctuation, NUMBER, OPEN, PARAMETER, QUOTED } from './tokens.ts';

/** Where aliases of tables stand, in the order of the text, and which of them, numbered from 1 as they are declared. */
export interface AliasPlaces {
  readonly indexes: readonly number[];
  readonly numbers: readonly number[];
}

interface Alias {
  readonly declarations: AliasDeclaration[];
  number: number;
  uses: number;
  /** The word stands for something else, too, or may: it keeps its name. */
  isKept: boolean;
}

/** `*` */
const STAR = 42;
const ALL = keyword('all');
const DISTINCT = keyword('distinct');
const SELECT = keyword('select');

/** Which lengths and first letters aliases of the text have. */
const sieve = new Uint8Array(1024);

/**
 * The places of those aliases whose name says nothing: each is declared in a FROM clause, stands before a dot everywhere
 * else, in the SELECT that declares it, and names nothing else in the text. Texts that differ in the names of such aliases
 * alone mean the same. Undefined where there are none.
 */
export function aliasPlaces(tokens: Tokens, dialect: Dialect): AliasPlaces | undefined {
  const { sql } = tokens;
  if (!sql.includes('.') || (sql.includes('__') && /\b__\d/.test(sql))) {
    return undefined;
  }
  const { declarations, paths, mayNameColumns } = tableAliases(tokens);
  if (declarations.length === 0) {
    return undefined;
  }
  const folded = (index: number): string => nameAt(tokens, index, dialect);
  const aliases = new Map<string, Alias>();
  const hasStar = mayNameColumns.length > 0 && holdsStar(tokens);
  sieve.fill(0);
  for (const declaration of declarations) {
    const name = folded(declaration.index);
    sieve[sieveOf(tokens, declaration.index)] = 1;
    const alias = aliases.get(name);
    if (alias === undefined) {
      aliases.set(name, { declarations: [declaration], number: 0, uses: 0, isKept: false });
    } else {
      alias.declarations.push(declaration);
    }
  }
  for (const index of hasStar ? [...paths, ...mayNameColumns] : paths) {
    const alias = sieve[sieveOf(tokens, index)] !== 1 ? undefined : aliases.get(folded(index));
    if (alias !== undefined) {
      alias.isKept = true;
    }
  }
  const found: { readonly index: number; readonly alias: Alias }[] = [];
  for (let index = 0; index < tokens.count; index += 1) {
    if (!isAnyName(tokens, index) || sieve[sieveOf(tokens, index)] !== 1) {
      continue;
    }
    const alias = isPunctuation(tokens, index - 1, DOT) ? undefined : aliases.get(folded(index));
    if (alias !== undefined && !alias.isKept) {
      noteUse(tokens, index, alias);
      found.push({ index, alias });
    }
  }
  return numbered(found);
}

function noteUse(tokens: Tokens, index: number, alias: Alias): void {
  const { declarations } = alias;
  if (declarations.some((declaration) => declaration.index === index)) {
    return;
  }
  const isQualifier =
    isPunctuation(tokens, index + 1, DOT) && !isPunctuation(tokens, index + 3, OPEN);
  const isInScope = declarations.some(({ start, end }) => start <= index && index <= end);
  alias.uses += 1;
  alias.isKept ||= !isQualifier || !isInScope;
}

function numbered(
  found: readonly { readonly index: number; readonly alias: Alias }[],
): AliasPlaces | undefined {
  const indexes: number[] = [];
  const numbers: number[] = [];
  const used = found.filter(({ alias }) => !alias.isKept && alias.uses > 0);
  const inOrder = [...new Set(used.map(({ alias }) => alias))].toSorted(
    (a, b) => (a.declarations[0]?.index ?? 0) - (b.declarations[0]?.index ?? 0),
  );
  for (const [at, alias] of inOrder.entries()) {
    alias.number = at + 1;
  }
  for (const { index, alias } of used) {
    indexes.push(index);
    numbers.push(alias.number);
  }
  return indexes.length === 0 ? undefined : { indexes, numbers };
}

/** Whether a select list has a star in it; `count(*)` and a product are none. */
function holdsStar(tokens: Tokens): boolean {
  for (let index = 0; index < tokens.count; index += 1) {
    if (isPunctuation(tokens, index, STAR) && !isPunctuation(tokens, index - 1, OPEN)) {
      const opens = [SELECT, DISTINCT, ALL].some((word) => isKeyword(tokens, index - 1, word));
      const parts = [COMMA, DOT].some((code) => isPunctuation(tokens, index - 1, code));
      if (opens || parts || !startsValue(tokens, index + 1)) {
        return true;
      }
    }
  }
  return false;
}

function startsValue(tokens: Tokens, index: number): boolean {
  const kind = tokens.kinds[index];
  return (
    isPlainName(tokens, index) ||
    kind === NUMBER ||
    kind === PARAMETER ||
    isPunctuation(tokens, index, OPEN)
  );
}

/** Names of other lengths or first letters are told apart without being cut out; quotes do not count. */
function sieveOf(tokens: Tokens, index: number): number {
  const start = tokens.starts[index] ?? 0;
  const length = (tokens.ends[index] ?? 0) - start;
  const inner = tokens.kinds[index] === QUOTED ? 1 : 0;
  return (((length - 2 * inner) & 31) << 5) | (tokens.sql.charCodeAt(start + inner) & 31);
}

function nameAt(tokens: Tokens, index: number, dialect: Dialect): string {
  return tokens.kinds[index] === QUOTED
    ? foldedQuoted(tokens, index, dialect)
    : foldedWord(tokens, index, dialect);
}
