import { bracketPairs } from '../bracket-pairs.ts';
import { keyword } from '../keywords.ts';
import type { Tokens } from '../tokens.ts';
import {
  COMMA,
  DOT,
  isKeyword,
  isPunctuation,
  OPEN,
  OPEN_BRACKET,
  PARAMETER,
  PUNCTUATION,
  QUOTED,
  SEMICOLON,
  tokenText,
  WORD,
} from '../tokens.ts';

/** A run of tokens that may be one expression: from `first` up to, and not including, `end`. */
export interface Phrase {
  readonly first: number;
  readonly end: number;
}

/** Longer expressions are nobody's to read again. */
const LONGEST = 300;
const DEEPEST = 40;

const AND = keyword('and');
const BETWEEN = keyword('between');
const CASE = keyword('case');
const DISTINCT = keyword('distinct');
const END = keyword('end');
const FILTER = keyword('filter');
const FROM = keyword('from');
const GROUP = keyword('group');
const OR = keyword('or');
const OVER = keyword('over');
const SELECT = keyword('select');
const WITHIN = keyword('within');

/** Between two of these stands at most one expression, and perhaps its alias. */
const SEPARATORS = new Set(
  `select from where group by having order limit offset fetch qualify window union intersect except minus on as using
  asc desc when then else join inner left right full outer cross lateral values with partition rows range`
    .split(/\s+/)
    .map(keyword),
);

/** Keywords that are functions where a bracket follows. */
const CALLED = new Set(
  `left right if replace insert array first any list get date time timestamp timestamptz datetime cast try_cast safe_cast`
    .split(' ')
    .map(keyword),
);

/**
 * The runs of tokens that may be expressions: what stands between commas, clauses, AND and OR, in brackets, and each call
 * and CASE. Some are none, and some are no part of the statement's tree; who reads them finds out.
 */
export function phrasesIn(tokens: Tokens): readonly Phrase[] {
  const closers = bracketPairs(tokens);
  const ends = caseEnds(tokens);
  const phrases: Phrase[] = [];

  /** The token after the one at `index`, or after what it opens. */
  function after(index: number): number {
    const end = isKeyword(tokens, index, CASE) ? ends.get(index) : closers[index];
    return end === undefined || end >= tokens.count ? index + 1 : end + 1;
  }

  function addPiecesOf(part: Phrase, separates: (index: number) => boolean): readonly Phrase[] {
    const pieces: Phrase[] = [];
    let first = part.first;
    for (let index = part.first; index < part.end; index = after(index)) {
      if (separates(index)) {
        pieces.push({ first, end: index });
        first = index + 1;
      }
    }
    pieces.push({ first, end: part.end });
    phrases.push(...pieces);
    return pieces;
  }

  function addAllIn(part: Phrase, depth: number): void {
    for (const piece of addPiecesOf(part, (index) => isSeparator(tokens, index))) {
      for (const side of addPiecesOf(piece, (index) => isKeyword(tokens, index, OR))) {
        const ranges = andsOfRanges(side);
        addPiecesOf(side, (index) => isKeyword(tokens, index, AND) && !ranges.has(index));
      }
    }
    for (let index = part.first; index < part.end && depth < DEEPEST; index = after(index)) {
      const next = after(index);
      if (next === index + 1) {
        continue;
      }
      addAllIn({ first: index + 1, end: next - 1 }, depth + 1);
      if (isKeyword(tokens, index, CASE)) {
        phrases.push({ first: index, end: next });
      } else if (isPunctuation(tokens, index, OPEN) && isFunction(tokens, index - 1)) {
        phrases.push({ first: nameStart(tokens, index - 1), end: callEnd(next) });
      }
    }
  }

  /** The ANDs that belong to a BETWEEN. */
  function andsOfRanges(part: Phrase): ReadonlySet<number> {
    const found = new Set<number>();
    let open = 0;
    for (let index = part.first; index < part.end; index = after(index)) {
      if (isKeyword(tokens, index, BETWEEN)) {
        open += 1;
      } else if (isKeyword(tokens, index, AND) && open > 0) {
        open -= 1;
        found.add(index);
      }
    }
    return found;
  }

  /** With the FILTER, WITHIN GROUP and OVER that follow a call's brackets. */
  function callEnd(close: number): number {
    let end = close;
    for (;;) {
      const words = isKeyword(tokens, end, WITHIN) && isKeyword(tokens, end + 1, GROUP) ? 2 : 1;
      const belongs = words === 2 || isKeyword(tokens, end, FILTER) || isKeyword(tokens, end, OVER);
      if (!belongs || !isPunctuation(tokens, end + words, OPEN)) {
        return end;
      }
      end = after(end + words);
    }
  }

  addAllIn({ first: 0, end: tokens.count }, 0);
  return phrases.filter((phrase) => isWorthReading(tokens, phrase));
}

function caseEnds(tokens: Tokens): ReadonlyMap<number, number> {
  const ends = new Map<number, number>();
  const open: number[] = [];
  for (let index = 0; index < tokens.count; index += 1) {
    if (isKeyword(tokens, index, CASE)) {
      open.push(index);
    } else if (isKeyword(tokens, index, END)) {
      const opener = open.pop();
      if (opener !== undefined) {
        ends.set(opener, index);
      }
    }
  }
  return ends;
}

function isSeparator(tokens: Tokens, index: number): boolean {
  if (isPunctuation(tokens, index, COMMA) || isPunctuation(tokens, index, SEMICOLON)) {
    return true;
  }
  if (tokens.kinds[index] !== WORD || !SEPARATORS.has(tokens.codes[index] ?? 0)) {
    return false;
  }
  const isPart =
    (isKeyword(tokens, index, FROM) && isKeyword(tokens, index - 1, DISTINCT)) ||
    (isKeyword(tokens, index, GROUP) && isKeyword(tokens, index - 1, WITHIN)) ||
    (CALLED.has(tokens.codes[index] ?? 0) && isPunctuation(tokens, index + 1, OPEN));
  return !isPart;
}

const NO_PHRASE = new Set(['=>', ':=', '{', '}']);

function isName(tokens: Tokens, index: number): boolean {
  return tokens.kinds[index] === WORD || tokens.kinds[index] === QUOTED;
}

function isFunction(tokens: Tokens, index: number): boolean {
  const code = tokens.codes[index] ?? 0;
  return isName(tokens, index) && (code === 0 || CALLED.has(code));
}

/** Where the dotted name that ends at `index` begins. */
function nameStart(tokens: Tokens, index: number): number {
  let first = index;
  while (isPunctuation(tokens, first - 1, DOT) && isName(tokens, first - 2)) {
    first -= 2;
  }
  return first;
}

/**
 * More than a name or a literal; without a query, without parameters, whose places would count, and without what only
 * an argument may be.
 */
function isWorthReading(tokens: Tokens, { first, end }: Phrase): boolean {
  if (end - first < 2 || end - first > LONGEST) {
    return false;
  }
  let isMore = false;
  for (let index = first; index < end; index += 1) {
    if (tokens.kinds[index] === PARAMETER || isKeyword(tokens, index, SELECT)) {
      return false;
    }
    if (tokens.kinds[index] === PUNCTUATION && NO_PHRASE.has(tokenText(tokens, index))) {
      return false;
    }
    const isPlain = isName(tokens, index) && tokens.codes[index] === 0;
    isMore ||= !isPlain && !isPunctuation(tokens, index, DOT);
  }
  return isMore && !isPunctuation(tokens, first, OPEN_BRACKET);
}
