import type { StatementClass } from '../sql/classify-statement.ts';
import { classifyTokens } from '../sql/classify-statement.ts';
import type { CommentTags } from '../sql/comment-tags.ts';
import { commentTagsOf } from '../sql/comment-tags.ts';
import type { Dialect } from '../sql/dialect.ts';
import type { Fingerprint } from '../sql/fingerprint.ts';
import { fingerprintTokens } from '../sql/fingerprint.ts';
import { keyword } from '../sql/keywords.ts';
import { tokenizeForNow } from '../sql/lexer.ts';
import { tokenFactsOf } from '../sql/token-facts.ts';
import type { Tokens } from '../sql/tokens.ts';
import { isKeyword } from '../sql/tokens.ts';
import { mayNameCatalog } from './may-name-catalog.ts';

/** What a statement's text tells before anything is parsed. What few rows need is made when first asked for. */
export interface StatementReading {
  readonly statementClass: StatementClass;
  readonly tags: CommentTags;
  /** Nothing but blanks and comments. */
  readonly isEmpty: boolean;
  readonly hasFrom: boolean;
  /** To be asked before the next text is read. */
  print(): Fingerprint;
  /** A cheap look at the normal form for words of the catalog; most statements have none. */
  mayNameCatalog(): boolean;
  /** Relations named in the text. */
  tables(): readonly string[];
}

const FROM = keyword('from');

export function readStatement(text: string, dialect: Dialect): StatementReading {
  const tokens = tokenizeForNow(text, dialect.lexical);
  let made: Fingerprint | undefined;
  const print = () => {
    made ??= fingerprintTokens(tokens, dialect);
    return made;
  };
  return {
    statementClass: classifyTokens(tokens),
    tags: commentTagsOf(tokens),
    isEmpty: tokens.count === 0,
    hasFrom: hasFrom(tokens),
    print,
    mayNameCatalog: () => mayNameCatalog(print().normalForm),
    tables: () => tokenFactsOf(tokens, dialect).tables,
  };
}

export function hasFrom(tokens: Tokens): boolean {
  for (let index = 0; index < tokens.count; index += 1) {
    if (isKeyword(tokens, index, FROM)) {
      return true;
    }
  }
  return false;
}
