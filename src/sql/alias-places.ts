import type { Dialect } from './dialect.ts';
import { foldedQuoted, foldedWord } from './fold-name.ts';
import { keyword } from './keywords.ts';
import type { Tokens } from './tokens.ts';
import {
  CLOSE,
  CLOSE_BRACKET,
  COMMA,
  DOT,
  isKeyword,
  isPunctuation,
  OPEN,
  OPEN_BRACKET,
  PUNCTUATION,
  QUOTED,
  SEMICOLON,
  WORD,
} from './tokens.ts';

/** Where aliases of tables stand, in the order of the text, and which of them, numbered from 1 as they are declared. */
export interface AliasPlaces {
  readonly indexes: readonly number[];
  readonly numbers: readonly number[];
}

interface Declaration {
  readonly index: number;
  readonly depth: number;
  /** The tokens of the SELECT whose source it names, those of queries inside it among them. */
  readonly start: number;
  end: number;
}

interface Alias {
  readonly declarations: Declaration[];
  number: number;
  uses: number;
  /** The word stands for something else, too, or may: it keeps its name. */
  isKept: boolean;
}

const AS = keyword('as');
const DISTINCT = keyword('distinct');
const FROM = keyword('from');
const JOIN = keyword('join');
const LATERAL = keyword('lateral');
const SELECT = keyword('select');

const NOTHING = 0;
const SOURCE = 1;
const END_OF_FROM = 2;
const END_OF_SELECT = 3;
const ROLES = new Uint8Array(256);
ROLES[FROM] = SOURCE;
ROLES[JOIN] = SOURCE;
for (const word of ['select', 'where', 'group', 'having', 'order', 'limit', 'qualify', 'window']) {
  ROLES[keyword(word)] = END_OF_FROM;
}
for (const word of ['union', 'intersect', 'except', 'minus']) {
  ROLES[keyword(word)] = END_OF_SELECT;
}

/** Which lengths and first letters aliases of the text have. */
const sieve = new Uint8Array(1024);

/** Deeper texts keep the names of their aliases. */
const DEEPEST = 250;
/** By depth: whether it holds a SELECT, whether a FROM list is open, whether the bracket is a source, where its SELECT began. */
const isSelect = new Uint8Array(DEEPEST + 2);
const isInFrom = new Uint8Array(DEEPEST + 2);
const isSource = new Uint8Array(DEEPEST + 2);
const starts = new Uint32Array(DEEPEST + 2);

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
  const paths: number[] = [];
  const declarations = declarationsIn(tokens, paths);
  if (declarations.length === 0) {
    return undefined;
  }
  const folded = (index: number): string => nameAt(tokens, index, dialect);
  const aliases = new Map<string, Alias>();
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
  for (const index of paths) {
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

/** Notes in `paths` the words that name relations, and databases and schemas before them. */
function declarationsIn(tokens: Tokens, paths: number[]): readonly Declaration[] {
  const { count, kinds, codes } = tokens;
  const found: Declaration[] = [];
  let depth = 0;
  isInFrom[0] = 0;
  starts[0] = 0;
  isSource.fill(0);

  function declareAt(index: number): void {
    const at = isKeyword(tokens, index, AS) ? index + 1 : index;
    if (isPlainName(tokens, at) && !isPunctuation(tokens, at + 1, DOT)) {
      found.push({ index: at, depth, start: starts[depth] ?? 0, end: count });
    }
  }

  /** A name and its alias, or the bracket of a source. */
  function readSource(index: number): void {
    let at = isKeyword(tokens, index, LATERAL) ? index + 1 : index;
    const first = at;
    while (isAnyName(tokens, at) && isPunctuation(tokens, at + 1, DOT)) {
      at += 2;
    }
    const isNamed = isAnyName(tokens, at);
    if (isPunctuation(tokens, isNamed ? at + 1 : at, OPEN)) {
      isSource[depth + 1] = 1;
    } else if (isNamed) {
      paths.push(first);
      if (at > first) {
        paths.push(at);
      }
      declareAt(at + 1);
    }
  }

  /** FROM parts arguments, too, and the sides of IS DISTINCT FROM. */
  function startsSource(index: number): boolean {
    return (depth === 0 || isSelect[depth] === 1) && !isKeyword(tokens, index - 1, DISTINCT);
  }

  function endSelect(index: number): void {
    for (let at = found.length - 1; at >= 0; at -= 1) {
      const declaration = found[at];
      if (declaration === undefined || declaration.depth < depth) {
        break;
      }
      if (declaration.depth === depth && declaration.end === count) {
        declaration.end = index;
      }
    }
    starts[depth] = index;
    isInFrom[depth] = 0;
  }

  for (let index = 0; index < count; index += 1) {
    const code = codes[index] ?? 0;
    if (kinds[index] === PUNCTUATION) {
      if (code === OPEN || code === OPEN_BRACKET) {
        depth += 1;
        if (depth > DEEPEST) {
          return [];
        }
        isInFrom[depth] = 0;
        isSelect[depth] = 0;
        starts[depth] = index;
      } else if ((code === CLOSE || code === CLOSE_BRACKET) && depth > 0) {
        endSelect(index);
        depth -= 1;
        if (isSource[depth + 1] === 1) {
          isSource[depth + 1] = 0;
          declareAt(index + 1);
        }
      } else if (code === COMMA && isInFrom[depth] === 1) {
        readSource(index + 1);
      } else if (code === SEMICOLON) {
        endSelect(index);
      }
    } else if (kinds[index] === WORD && code !== 0) {
      const role = ROLES[code] ?? NOTHING;
      if (role === SOURCE && startsSource(index)) {
        isInFrom[depth] = 1;
        readSource(index + 1);
      } else if (role === END_OF_FROM) {
        isInFrom[depth] = 0;
        isSelect[depth] = code === SELECT ? 1 : (isSelect[depth] ?? 0);
      } else if (role === END_OF_SELECT) {
        endSelect(index);
      }
    }
  }
  return found;
}

function isAnyName(tokens: Tokens, index: number): boolean {
  return tokens.kinds[index] === WORD || tokens.kinds[index] === QUOTED;
}

function isPlainName(tokens: Tokens, index: number): boolean {
  const kind = tokens.kinds[index];
  return kind === QUOTED || (kind === WORD && tokens.codes[index] === 0);
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
    : foldedWord(tokens, index, { lower: undefined, dialect });
}
