import type { EpochMs } from '../base/clock.ts';
import { dayOf } from '../base/clock.ts';
import { relationId, relationParts } from '../base/relation.ts';
import type { HistoryRow } from '../connectors/history-row.ts';
import type { StatementClass } from '../sql/classify-statement.ts';
import { classifyTokens } from '../sql/classify-statement.ts';
import type { CommentTags, ServedTag } from '../sql/comment-tags.ts';
import { commentTagsOf } from '../sql/comment-tags.ts';
import type { Dialect } from '../sql/dialect.ts';
import type { Fingerprint } from '../sql/fingerprint.ts';
import { fingerprintTokens } from '../sql/fingerprint.ts';
import { tokenizeForNow } from '../sql/lexer.ts';
import { tokenFactsOf } from '../sql/token-facts.ts';
import type { Tokens } from '../sql/tokens.ts';
import { readerOf } from './reader.ts';
import type { ReaderRule } from './reader-settings.ts';
import { mayNameCatalog } from './skip/metadata-queries.ts';
import { skipReason } from './skip-rules.ts';
import type { Reader, ServedBy } from './template.ts';

/** What one row of the history means, before anything is parsed. */
export type Interpreted =
  | {
      readonly kind: 'skip';
      /** The stable id of the skip rule, for the counts in `Coverage.skipped`. */
      readonly rule: string;
      /**
       * Given for statements that failed or were cancelled: whose run it would have been. They are
       * counted in the facts of a template already known (`failedRuns`), but never make one.
       */
      readonly use?: InterpretedUse;
    }
  | ({ readonly kind: 'use' } & InterpretedUse);

export interface InterpretedUse {
  /** Of the text as it ran. */
  readonly fingerprint: string;
  readonly normalForm: string;
  /** The template to book the run on: the original statement's where `route` served another text for it, else `fingerprint`. */
  readonly templateFingerprint: string;
  readonly statementClass: StatementClass;
  readonly reader: Reader;
  /** Lower case; empty when the history does not tell. */
  readonly client: string;
  /** As the history tells it; empty when it does not. */
  readonly role: string;
  /** UTC, `YYYY-MM-DD`, of the moment it ended. */
  readonly day: string;
  readonly endedAt: EpochMs;
  readonly servedBy: ServedBy;
  readonly status: 'success' | 'failed' | 'cancelled' | 'unknown';
  readonly cached: boolean;
  /** Chainable operators, nesting and characters: bounds for what a parser is given. */
  readonly operators: number;
  readonly depth: number;
  readonly length: number;
}

export interface InterpretParts {
  readonly dialect: Dialect;
  /** `readerSettings.rules`. */
  readonly readerRules: readonly ReaderRule[];
}

/** Reads one row: who asked what, when, answered how; or why it tells nothing about demand. Never throws for bad SQL. */
export function interpretRow(
  row: HistoryRow,
  { dialect, readerRules }: InterpretParts,
): Interpreted {
  return interpretWith(row, {
    dialect,
    tagsOf: commentTagsOf,
    printOf: (tokens) => fingerprintTokens(tokens, dialect),
    mayNameCatalog,
    readerOf: (asked, tags) => readerOf({ row: asked, tags, rules: readerRules }),
    dayOf,
  });
}

/** The steps whose answers repeat from row to row; `row-interpreter.ts` remembers them. */
export interface InterpretSteps {
  readonly dialect: Dialect;
  readonly tagsOf: (tokens: Tokens) => CommentTags;
  readonly printOf: (tokens: Tokens) => Fingerprint;
  readonly mayNameCatalog: (normalForm: string) => boolean;
  readonly readerOf: (row: HistoryRow, tags: CommentTags) => Reader;
  readonly dayOf: (at: EpochMs) => string;
}

export function interpretWith(row: HistoryRow, steps: InterpretSteps): Interpreted {
  const { dialect } = steps;
  const tokens = tokenizeForNow(row.text, dialect.lexical);
  const statementClass = classifyTokens(tokens);
  const tags = steps.tagsOf(tokens);
  const reader = steps.readerOf(row, tags);
  const printOf = once(() => steps.printOf(tokens));

  const rule = skipReason({
    row,
    tokens,
    statementClass,
    tags,
    reader,
    normalForm: () => printOf().normalForm,
    mayNameCatalog: () => steps.mayNameCatalog(printOf().normalForm),
    tables: () => tokenFactsOf(tokens, dialect).tables,
  });
  const isUnanswered = rule === 'failed-statements' || rule === 'cancelled-statements';
  if (rule !== undefined && !isUnanswered) {
    return { kind: 'skip', rule };
  }
  const day = steps.dayOf(row.endedAt);
  const served = servedTagIn(tokens, { tags, print: printOf(), dialect });
  const use = useOf({ row, statementClass, served, reader, day, print: printOf() });
  return rule === undefined ? { kind: 'use', ...use } : { kind: 'skip', rule, use };
}

interface UseParts {
  readonly row: HistoryRow;
  readonly statementClass: StatementClass;
  readonly served: ServedTag | undefined;
  readonly reader: Reader;
  readonly day: string;
  readonly print: Fingerprint;
}

/**
 * What our route service wrote into a statement, as far as the text bears it out: a comment is anybody's to write, copy or
 * leave behind. A hold-out is the very statement that was asked; a served one reads the mart it names.
 */
function servedTagIn(
  tokens: Tokens,
  {
    tags: { served },
    print,
    dialect,
  }: { readonly tags: CommentTags; readonly print: Fingerprint; readonly dialect: Dialect },
): ServedTag | undefined {
  if (served === undefined) {
    return undefined;
  }
  const name = relationParts(served.mart).name.toLowerCase();
  const isBorneOut =
    served.served === 'hold-out'
      ? served.template === print.fingerprint
      : tokenFactsOf(tokens, dialect).tables.some(
          (table) => table.toLowerCase() === name || table.toLowerCase().endsWith(`.${name}`),
        );
  return isBorneOut ? served : undefined;
}

function useOf({ row, statementClass, served, reader, day, print }: UseParts): InterpretedUse {
  return {
    ...print,
    templateFingerprint: served?.template ?? print.fingerprint,
    statementClass,
    reader,
    client: (row.client ?? '').trim().toLowerCase(),
    role: row.role ?? '',
    day,
    endedAt: row.endedAt,
    servedBy: servedByOf(served),
    status: row.status,
    cached: row.cached ?? false,
  };
}

function servedByOf(served: ServedTag | undefined): ServedBy {
  if (served === undefined) {
    return { kind: 'base' };
  }
  return { kind: served.served, mart: relationId(relationParts(served.mart)) };
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
