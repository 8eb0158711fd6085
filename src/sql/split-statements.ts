import type { Dialect } from './dialect.ts';
import { isBlock } from './is-block.ts';
import { keyword } from './keywords.ts';
import { tokenize } from './lexer.ts';
import type { Span, Tokens } from './tokens.ts';
import { CLOSE, isKeyword, isPunctuation, OPEN, SEMICOLON, tokenText } from './tokens.ts';

const BEGIN = keyword('begin');
const CASE = keyword('case');
const CREATE = keyword('create');
const END = keyword('end');

const ROUTINES = new Set(['function', 'procedure', 'trigger', 'package']);
/** After END they close a block of their own kind (`end if`), which opened without BEGIN. */
const SCRIPT_BLOCKS = new Set(['if', 'loop', 'while', 'for', 'repeat']);
/** How far from CREATE the kind of object may stand: `create or replace temporary function`. */
const HEADER_WORDS = 6;

/**
 * The statements of a text in order, each without its semicolon and the comments around it; empty ones are left out.
 * A semicolon inside brackets, or inside a BEGIN ... END body, ends nothing. What stays open
 * reaches to the end of the text.
 */
export function splitStatements(sql: string, dialect: Dialect): readonly Span[] {
  const tokens = tokenize(sql, dialect.lexical);
  const spans: Span[] = [];
  let first = 0;
  while (first < tokens.count) {
    const end = endOfStatement(tokens, first);
    if (end > first) {
      spans.push({ start: tokens.starts[first] ?? 0, end: tokens.ends[end - 1] ?? 0 });
    }
    first = end + 1;
  }
  return spans;
}

/** The index of the semicolon that ends the statement beginning at `first`, or the count of tokens. */
function endOfStatement(tokens: Tokens, first: number): number {
  const hasBody = isRoutine(tokens, first) || isBlock(tokens, first);
  let brackets = 0;
  let blocks = 0;
  for (let index = first; index < tokens.count; index += 1) {
    if (isPunctuation(tokens, index, OPEN)) {
      brackets += 1;
    } else if (isPunctuation(tokens, index, CLOSE)) {
      brackets = Math.max(0, brackets - 1);
    } else if (isPunctuation(tokens, index, SEMICOLON) && brackets === 0 && blocks === 0) {
      return index;
    } else if (hasBody && (isKeyword(tokens, index, BEGIN) || isKeyword(tokens, index, CASE))) {
      blocks += isKeyword(tokens, index - 1, END) ? 0 : 1;
    } else if (hasBody && isKeyword(tokens, index, END) && !closesScriptBlock(tokens, index)) {
      blocks = Math.max(0, blocks - 1);
    }
  }
  return tokens.count;
}

function isRoutine(tokens: Tokens, first: number): boolean {
  if (!isKeyword(tokens, first, CREATE)) {
    return false;
  }
  const last = Math.min(first + HEADER_WORDS, tokens.count);
  for (let index = first + 1; index < last; index += 1) {
    if (ROUTINES.has(tokenText(tokens, index).toLowerCase())) {
      return true;
    }
  }
  return false;
}

function closesScriptBlock(tokens: Tokens, index: number): boolean {
  return index + 1 < tokens.count && SCRIPT_BLOCKS.has(tokenText(tokens, index + 1).toLowerCase());
}
