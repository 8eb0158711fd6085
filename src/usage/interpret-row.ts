import type { EpochMs } from '../base/clock.ts';
import { dayOf } from '../base/clock.ts';
import { type RelationId, relationId, relationParts } from '../base/relation.ts';
import type { HistoryRow } from '../connectors/history-row.ts';
import type { StatementClass } from '../sql/classify-statement.ts';
import type { ServedTag } from '../sql/comment-tags.ts';
import type { Dialect } from '../sql/dialect.ts';
import type { Fingerprint } from '../sql/fingerprint.ts';
import { readerOf } from './reader.ts';
import type { ReaderRule } from './reader-settings.ts';
import { skipReason } from './skip-rules.ts';
import { readStatement, type StatementReading } from './statement-reading.ts';
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
  /** Where versions of marts lie, and marts themselves: what the warehouse answered from is told by a version's name. */
  readonly naming?: VersionNaming | undefined;
}

export interface VersionNaming {
  readonly database?: string | undefined;
  readonly goldSchema: string;
  readonly dataSchema: string;
}

/** Reads one row: who asked what, when, answered how; or why it tells nothing about demand. Never throws for bad SQL. */
export function interpretRow(
  row: HistoryRow,
  { dialect, readerRules, naming }: InterpretParts,
): Interpreted {
  const reading = readStatement(row.text, dialect);
  const reader = readerOf({ row, tags: reading.tags, rules: readerRules });
  return interpretReading(row, { reading, reader, day: dayOf(row.endedAt), naming });
}

export interface InterpretReadingParts {
  readonly reading: StatementReading;
  readonly reader: Reader;
  /** Of its end. */
  readonly day: string;
  readonly naming?: VersionNaming | undefined;
}

/** A row whose text and reader are read already: `row-interpreter.ts` remembers both. */
export function interpretReading(
  row: HistoryRow,
  { reading, reader, day, naming }: InterpretReadingParts,
): Interpreted {
  const rule = skipReason({ row, reading, reader });
  const isUnanswered = rule === 'failed-statements' || rule === 'cancelled-statements';
  if (rule !== undefined && !isUnanswered) {
    return { kind: 'skip', rule };
  }
  const print = reading.print();
  const served = servedTagIn(reading, print);
  const rewritten = served === undefined ? rewrittenTo(row, { reading, naming }) : undefined;
  const meaning = useOf({ row, reading, served, rewritten, reader, day, print });
  if (rule === undefined) {
    return meaning;
  }
  const { kind: _, ...use } = meaning;
  return { kind: 'skip', rule, use };
}

interface UseParts {
  readonly row: HistoryRow;
  readonly reading: StatementReading;
  readonly served: ServedTag | undefined;
  readonly rewritten: RelationId | undefined;
  readonly reader: Reader;
  readonly day: string;
  readonly print: Fingerprint;
}

/**
 * What our route service wrote into a statement, as far as the text bears it out: a comment is anybody's to write, copy or
 * leave behind. A hold-out is the very statement that was asked; a served one reads the mart it names.
 */
function servedTagIn(reading: StatementReading, print: Fingerprint): ServedTag | undefined {
  const { served } = reading.tags;
  if (served === undefined) {
    return undefined;
  }
  const isBorneOut =
    served.served === 'hold-out'
      ? served.template === print.fingerprint
      : reads(reading, relationParts(served.mart).name);
  return isBorneOut ? served : undefined;
}

function reads(reading: StatementReading, relation: string): boolean {
  const name = relation.toLowerCase();
  return reading
    .tables()
    .some((table) => table.toLowerCase() === name || table.toLowerCase().endsWith(`.${name}`));
}

/** The mart whose version the warehouse answered from, though the statement names neither. */
function rewrittenTo(
  { answeredFrom = [] }: HistoryRow,
  { reading, naming }: Pick<InterpretReadingParts, 'reading' | 'naming'>,
): RelationId | undefined {
  if (naming === undefined) {
    return undefined;
  }
  const { database, goldSchema, dataSchema } = naming;
  const marts = answeredFrom.flatMap((relation) => {
    const [, schema, name] = /^([^.]+)\.(.+)__v\d+$/.exec(relation) ?? [];
    const isOurs = name !== undefined && schema === dataSchema;
    const isNamed = [name ?? '', relation.slice(dataSchema.length + 1)].some((each) =>
      reads(reading, each),
    );
    return isOurs && !isNamed ? [relationId({ database, schema: goldSchema, name })] : [];
  });
  return marts[0];
}

type Use = Extract<Interpreted, { readonly kind: 'use' }>;

function useOf({ row, reading, served, rewritten, reader, day, print }: UseParts): Use {
  return {
    kind: 'use',
    fingerprint: print.fingerprint,
    normalForm: print.normalForm,
    templateFingerprint: served?.template ?? print.fingerprint,
    statementClass: reading.statementClass,
    reader,
    client: clientOf(row),
    role: row.role ?? '',
    day,
    endedAt: row.endedAt,
    servedBy: rewritten === undefined ? servedByOf(served) : { kind: 'rewritten', mart: rewritten },
    status: row.status,
    cached: row.cached ?? false,
    operators: print.operators,
    depth: print.depth,
    length: print.length,
  };
}

/** BigQuery's history, and Snowflake's without its sessions, tell who asked and not by what: there the user is the name under which to ask `route`. */
function clientOf({ client, user }: HistoryRow): string {
  const told = client === undefined || client === '' ? user : client;
  return told === undefined ? '' : told.trim().toLowerCase();
}

const FROM_BASE: ServedBy = { kind: 'base' };

function servedByOf(served: ServedTag | undefined): ServedBy {
  if (served === undefined) {
    return FROM_BASE;
  }
  return { kind: served.served, mart: relationId(relationParts(served.mart)) };
}
