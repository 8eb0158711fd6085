import { keyword } from '../sql/keywords.ts';
import type { Tokens } from '../sql/tokens.ts';
import {
  CLOSE,
  CLOSE_BRACKET,
  COMMA,
  DOT,
  isKeyword,
  OPEN,
  OPEN_BRACKET,
  PUNCTUATION,
  QUOTED,
  SEMICOLON,
  WORD,
} from '../sql/tokens.ts';

const CASE = keyword('case');
const JOIN = keyword('join');
const END = keyword('end');
const SET_OPERATIONS = new Set(['union', 'intersect', 'except', 'minus'].map(keyword));
const CHAINING = new Set(['and', 'or', 'not', 'like', 'ilike', 'is', 'between', 'in'].map(keyword));
const CLAUSES = new Set(
  `select from where group having order on join when then else`.split(' ').map(keyword),
);

export interface Chains {
  /** The most operators one expression chains at one level of nesting; two words in a row count as one. */
  readonly operators: number;
  /** The deepest nesting of brackets and CASE. */
  readonly depth: number;
  /** The deepest nesting of calls, other brackets between them not counted. */
  readonly calls: number;
  /** UNION, INTERSECT and EXCEPT in the whole text. */
  readonly setOperations: number;
  /** The most words JOIN in one statement. */
  readonly joins: number;
  /** The most times one keyword stands in a row: some grammars try each `interval interval ...` both ways. */
  readonly repeats: number;
}

/**
 * What makes recursive parsers overflow: `a and b and ...` is as deep a tree as it is long. A comma
 * or a clause starts a new expression, so a long list of columns is no chain.
 */
export function measureChains(tokens: Tokens): Chains {
  const open: number[] = [];
  /** Whether each of them is a call. */
  const called: boolean[] = [];
  let chain = 0;
  let calls = 0;
  let mostCalls = 0;
  let operators = 0;
  let depth = 0;
  let setOperations = 0;
  let joins = 0;
  let mostJoins = 0;
  let repeats = 0;
  let mostRepeats = 0;
  for (let index = 0; index < tokens.count; index += 1) {
    const kind = tokens.kinds[index];
    const code = tokens.codes[index] ?? 0;
    const isPunctuation = kind === PUNCTUATION;
    const isWord = kind === WORD && code !== 0;
    repeats = isWord && isKeyword(tokens, index - 1, code) ? repeats + 1 : 0;
    mostRepeats = Math.max(mostRepeats, repeats);
    if ((isPunctuation && (code === OPEN || code === OPEN_BRACKET)) || (isWord && code === CASE)) {
      open.push(chain);
      called.push(isPunctuation && followsName(tokens, index));
      calls += called.at(-1) === true ? 1 : 0;
      mostCalls = Math.max(mostCalls, calls);
      chain = 0;
      depth = Math.max(depth, open.length);
    } else if (
      (isPunctuation && (code === CLOSE || code === CLOSE_BRACKET)) ||
      (isWord && code === END)
    ) {
      calls -= called.pop() === true ? 1 : 0;
      chain = (open.pop() ?? 0) + (code === CLOSE_BRACKET ? 1 : 0);
    } else if (isPunctuation && (code === COMMA || code === SEMICOLON)) {
      chain = 0;
      joins = code === SEMICOLON ? 0 : joins;
    } else if (isWord && CLAUSES.has(code)) {
      chain = 0;
      joins += code === JOIN ? 1 : 0;
      mostJoins = Math.max(mostJoins, joins);
    } else if (isWord && SET_OPERATIONS.has(code)) {
      setOperations += 1;
      chain = 0;
    } else if (isWord ? CHAINING.has(code) : isPunctuation && code !== DOT) {
      chain += 1;
    } else if (!isPunctuation && followsWord(tokens, index)) {
      chain += 1;
    }
    operators = Math.max(operators, chain);
  }
  return {
    operators,
    depth,
    calls: mostCalls,
    setOperations,
    joins: mostJoins,
    repeats: mostRepeats,
  };
}

/** `f(`, `"f"(` and calls named by a keyword, but not `and (` or `from (`. */
function followsName(tokens: Tokens, index: number): boolean {
  const before = tokens.codes[index - 1] ?? 0;
  const kind = tokens.kinds[index - 1];
  return (
    tokens.codes[index] === OPEN &&
    (kind === QUOTED ||
      (kind === WORD && ![CHAINING, CLAUSES, SET_OPERATIONS].some((words) => words.has(before))))
  );
}

/** `a at time zone 'x'`, `interval interval ...`: some operators are words the lexer does not know. */
function followsWord(tokens: Tokens, index: number): boolean {
  const before = tokens.codes[index - 1] ?? 0;
  const kind = tokens.kinds[index - 1];
  if (index === 0 || kind === PUNCTUATION) {
    return false;
  }
  return kind !== WORD || (!CHAINING.has(before) && !CLAUSES.has(before));
}
