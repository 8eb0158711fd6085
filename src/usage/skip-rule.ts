import type { HistoryRow } from '../connectors/history-row.ts';
import type { StatementClass } from '../sql/classify-statement.ts';
import type { CommentTags } from '../sql/comment-tags.ts';
import type { Tokens } from '../sql/tokens.ts';
import type { Reader } from './template.ts';

/** What a skip rule may look at. */
export interface SkipInput {
  readonly row: HistoryRow;
  readonly tokens: Tokens;
  readonly statementClass: StatementClass;
  readonly tags: CommentTags;
  readonly reader: Reader;
  /** Made when first asked for. */
  readonly normalForm: () => string;
  /** A cheap look at the normal form for words of the catalog; most statements have none. */
  readonly mayNameCatalog: () => boolean;
  /** Relations named in the text, made when first asked for. */
  readonly tables: () => readonly string[];
}

/** One reason why a statement tells nothing about demand. Its id is counted in `Coverage.skipped`. */
export interface SkipRule {
  readonly id: string;
  skips(input: SkipInput): boolean;
}
