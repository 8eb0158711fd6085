import type { StatementKind } from '../sql/classify-statement.ts';
import { classifyTokens } from '../sql/classify-statement.ts';
import type { Tokens } from '../sql/tokens.ts';
import { isPunctuation, SEMICOLON } from '../sql/tokens.ts';

/** What is classified and never read: DDL of no use to us, session commands and the like. */
const UNREAD: ReadonlySet<StatementKind> = new Set([
  'ddl',
  'session',
  'transaction',
  'explain',
  'copy',
]);

/** Their bodies hold statements of their own, semicolons and all. */
const WITH_BODY = /^create (function|procedure|trigger|task|alert|event|package)$/;

/**
 * The leading words of a text nobody needs to parse, undefined for any other. No grammar is good at
 * these (a third to nine tenths are accepted), and a refusal of one is no loss of coverage.
 */
export function unreadVerb(tokens: Tokens): string | undefined {
  const { kind, verb } = classifyTokens(tokens);
  const isUnread = UNREAD.has(kind) && verb !== 'create table';
  return isUnread && (WITH_BODY.test(verb) || isSingle(tokens)) ? verb : undefined;
}

function isSingle(tokens: Tokens): boolean {
  for (let index = 0; index < tokens.count - 1; index += 1) {
    if (isPunctuation(tokens, index, SEMICOLON)) {
      return false;
    }
  }
  return true;
}
