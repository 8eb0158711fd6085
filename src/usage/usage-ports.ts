import type { EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { BadHistoryRow } from '../connectors/history-row.ts';
import type { Shape } from '../sql/query-shape.ts';
import type { Reader, Template, UsageFact } from './template.ts';

/**
 * Reads texts into shapes; the daemon wires parsers and resolver behind it. Answers by the request's fingerprint; what
 * cannot be read is a shape that says so, never an error.
 */
export type ReadShapes = (
  requests: readonly ShapeRequest[],
  signal?: AbortSignal,
) => Promise<ReadonlyMap<string, Shape>>;

export interface ShapeRequest {
  readonly fingerprint: string;
  readonly text: string;
  readonly database?: string;
  readonly schema?: string;
}

/** Where a statement ran: what its bare names mean. Empty where the history does not tell. */
export interface NameScope {
  readonly database: string;
  readonly schema: string;
}

/** A fingerprint as it ran in one scope. */
export interface ScopedFingerprint extends NameScope {
  readonly fingerprint: string;
}

export interface KnownTemplate {
  readonly fingerprint: string;
  /** Of the whole shape: equal digests, equal reads. */
  readonly shapeDigest: string;
  /** The schema or the parsers moved since: to be read again when a text is at hand. */
  readonly isStale: boolean;
}

/** Goldsmith's memory of the history. `store/` implements it. */
export interface UsageLog {
  /** Where the source is to be read on; absent: from its beginning. */
  positionOf(source: string): string | undefined;
  /** The template a fingerprint means in a scope, or absent when it was never read there. */
  findTemplate(asked: ScopedFingerprint): KnownTemplate | undefined;
  /** The first template of a fingerprint, whatever the scope. */
  findFingerprint(fingerprint: string): KnownTemplate | undefined;
  /** The `ShapeKeys.all` under which this source last read stale templates again. */
  shapesCheckedAgainst(source: string): string | undefined;
  /** All shapes without their queries, with the key each was read under. */
  shapes(): Iterable<{
    readonly fingerprint: string;
    readonly shape: Shape;
    readonly shapeKey: string;
  }>;
  /** Stale templates with use since the day, a few recent ids each. */
  staleTemplates(sinceDay: string): readonly StaleTemplate[];
  /** Tells statements that were counted before from new ones; writes nothing. */
  sift(source: string, statements: readonly FinishedStatement[]): readonly Sifted[];
  /** All or nothing: what `work` writes is kept together with the source's new position. */
  write<Result>(source: string, work: (writer: UsageWriter) => Result): Result;
  /** Templates, facts and counts of the days from `fromDay` to `untilDay`, both included. */
  read(days: { readonly fromDay: string; readonly untilDay: string }): UsageRows;
  /**
   * The use of these marts over many days: facts of templates that name one of them, and of what `route` answered from
   * one or held back. Templates come without queries and facts without sample ids.
   */
  martUse(
    marts: readonly RelationId[],
    days: { readonly fromDay: string; readonly untilDay: string },
  ): Omit<UsageRows, 'skips'>;
  columnReads(days: { readonly fromDay: string; readonly untilDay: string }): Iterable<ColumnRead>;
  badRows(source: string): { readonly count: number; readonly last: readonly BadHistoryRow[] };
  /** Forgets what is older than the retention. */
  prune(retention: Retention, now: EpochMs): void;
}

export interface StaleTemplate {
  /** Of the template, which may differ from what was asked. */
  readonly fingerprint: string;
  readonly asked: ScopedFingerprint;
  readonly normalForm: string;
  /** Latest first, at most three. */
  readonly sampleIds: readonly string[];
}

/** Writes inside one transaction of `UsageLog.write`. */
export interface UsageWriter {
  /** Remembers statements that were sifted as new, and are counted by what else is written. */
  remember(marks: readonly StatementMark[]): void;
  /**
   * Adds a template, or gives a known one its new shape, and binds what was asked to it. Other scopes of a known
   * one are unbound: what it means there is to be read again.
   */
  putTemplate(
    template: Template,
    reading: { readonly asked: ScopedFingerprint; readonly shapeKey: string },
  ): void;
  /** From now on the fingerprint means this template in this scope. */
  bindScope(asked: ScopedFingerprint, templateFingerprint: string): void;
  markStale(fingerprints: readonly string[]): void;
  setShapesCheckedAgainst(key: string): void;
  /** Adds to what the same day, template and asker have; their templates must be known. */
  addFacts(facts: readonly UsageFact[]): void;
  addSkips(skips: readonly SkipCount[]): void;
  addBadRows(bad: readonly BadHistoryRow[]): void;
  setPosition(position: string): void;
}

export interface FinishedStatement {
  readonly id: string;
  /** Whole UTC days since the epoch. */
  readonly dayNumber: number;
}

/**
 * `known` was counted before; `too-old` is of a day whose ids are forgotten already, so it can no longer be
 * told from a known one.
 */
export type Sifted = 'known' | 'too-old' | StatementMark;

/** What is remembered of a statement: not its id, but enough to know it again. */
export interface StatementMark {
  readonly mark: string;
  readonly dayNumber: number;
}

export interface SkipCount {
  readonly day: string;
  readonly rule: string;
  readonly statements: number;
}

/** What `UsageLog.read` gives; `snapshot.ts` makes a `UsageSnapshot` of it. */
export interface UsageRows {
  readonly templates: readonly Template[];
  readonly facts: readonly UsageFact[];
  readonly skips: readonly SkipCount[];
}

/** A reader used a column on a day: by its name, or only through a star. */
export interface ColumnRead {
  readonly day: string;
  readonly reader: Reader;
  readonly relation: RelationId;
  readonly column: string;
  readonly by: 'name' | 'star';
}

/** How many days each kind of memory goes back. */
export interface Retention {
  readonly idDays: number;
  readonly factDays: number;
  readonly columnDays: number;
}

/** Who asked `route`, and what came of it: an application that asks is a road. `store/` implements it. */
export interface RouteAsks {
  record(ask: RouteAsk): void;
  /** Clients that asked on the day or later, lower case, sorted. */
  clientsSince(day: string): readonly string[];
}

export interface RouteAsk {
  readonly client: string;
  readonly role: string;
  readonly fingerprint: string;
  /** UTC, `YYYY-MM-DD`. */
  readonly day: string;
  readonly outcome: 'rewritten' | 'hold-out' | 'refused';
}
