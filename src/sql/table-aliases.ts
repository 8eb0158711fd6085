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

/** The place of a table's alias in a FROM clause, as the index of its token. */
export interface AliasDeclaration {
  readonly index: number;
  readonly depth: number;
  /** The tokens of the SELECT whose source it names, those of queries inside it among them. */
  readonly start: number;
  end: number;
}

export interface TableAliases {
  readonly declarations: readonly AliasDeclaration[];
  /** Words that name relations, and databases and schemas before them. */
  readonly paths: readonly number[];
  /** Aliases of functions and of what may be a list of the row before it: some dialects give their only column this name. */
  readonly mayNameColumns: readonly number[];
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

/** Deeper texts keep the names of their aliases. */
const DEEPEST = 250;
/** What kind of source a bracket is. */
const QUERY = 1;
const FUNCTION = 2;
/** By depth: whether it holds a SELECT, whether a FROM list is open, whether the bracket is a source, where its SELECT began. */
const isSelect = new Uint8Array(DEEPEST + 2);
const isInFrom = new Uint8Array(DEEPEST + 2);
const isSource = new Uint8Array(DEEPEST + 2);
const starts = new Uint32Array(DEEPEST + 2);

/** The aliases that FROM clauses give, as tokens tell them, and the words they read from. Linear in the text. */
export function tableAliases(tokens: Tokens): TableAliases {
  const { count, kinds, codes } = tokens;
  const found: AliasDeclaration[] = [];
  const paths: number[] = [];
  const mayNameColumns: number[] = [];
  let depth = 0;
  isInFrom[0] = 0;
  starts[0] = 0;
  isSource.fill(0);

  function declareAt(index: number, mayNameColumn: boolean): void {
    const at = isKeyword(tokens, index, AS) ? index + 1 : index;
    if (isPlainName(tokens, at) && !isPunctuation(tokens, at + 1, DOT)) {
      if (mayNameColumn) {
        mayNameColumns.push(at);
      }
      found.push({ index: at, depth, start: starts[depth] ?? 0, end: count });
    }
  }

  /** A name and its alias, or the bracket of a source. */
  function readSource(index: number, isListed: boolean): void {
    let at = isKeyword(tokens, index, LATERAL) ? index + 1 : index;
    const first = at;
    while (isAnyName(tokens, at) && isPunctuation(tokens, at + 1, DOT)) {
      at += 2;
    }
    const isNamed = isAnyName(tokens, at);
    if (isPunctuation(tokens, isNamed ? at + 1 : at, OPEN)) {
      isSource[depth + 1] = isNamed ? FUNCTION : QUERY;
    } else if (isNamed) {
      paths.push(first);
      if (at > first) {
        paths.push(at);
      }
      declareAt(at + 1, at > first && isListed);
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
          return { declarations: [], paths, mayNameColumns };
        }
        isInFrom[depth] = 0;
        isSelect[depth] = 0;
        starts[depth] = index;
      } else if ((code === CLOSE || code === CLOSE_BRACKET) && depth > 0) {
        endSelect(index);
        depth -= 1;
        const source = isSource[depth + 1] ?? 0;
        if (source !== 0) {
          isSource[depth + 1] = 0;
          declareAt(index + 1, source === FUNCTION);
        }
      } else if (code === COMMA && isInFrom[depth] === 1) {
        readSource(index + 1, true);
      } else if (code === SEMICOLON) {
        endSelect(index);
      }
    } else if (kinds[index] === WORD && code !== 0) {
      const role = ROLES[code] ?? NOTHING;
      if (role === SOURCE && startsSource(index)) {
        isInFrom[depth] = 1;
        readSource(index + 1, code === JOIN);
      } else if (role === END_OF_FROM) {
        isInFrom[depth] = 0;
        isSelect[depth] = code === SELECT ? 1 : (isSelect[depth] ?? 0);
      } else if (role === END_OF_SELECT) {
        endSelect(index);
      }
    }
  }
  return { declarations: found, paths, mayNameColumns };
}

/** A word or a name in quotes. */
export function isAnyName(tokens: Tokens, index: number): boolean {
  return tokens.kinds[index] === WORD || tokens.kinds[index] === QUOTED;
}

/** As `isAnyName`, keywords left out. */
export function isPlainName(tokens: Tokens, index: number): boolean {
  const kind = tokens.kinds[index];
  return kind === QUOTED || (kind === WORD && tokens.codes[index] === 0);
}
