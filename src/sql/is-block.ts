import { keyword } from './keywords.ts';
import type { Tokens } from './tokens.ts';
import { isKeyword, isPunctuation, SEMICOLON, tokenText } from './tokens.ts';

const BEGIN = keyword('begin');

const TRANSACTION_WORDS = new Set(
  'transaction work tran isolation read deferred immediate exclusive concurrent'.split(' '),
);

/** Whether BEGIN at this index opens a block of statements, and not a transaction. */
export function isBlock(tokens: Tokens, index: number): boolean {
  const next = index + 1;
  if (!isKeyword(tokens, index, BEGIN) || next >= tokens.count) {
    return false;
  }
  return (
    !isPunctuation(tokens, next, SEMICOLON) &&
    !TRANSACTION_WORDS.has(tokenText(tokens, next).toLowerCase())
  );
}
