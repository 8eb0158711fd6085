import { relationParts } from '../base/relation.ts';
import type { Mart } from '../marts/mart.ts';
import type { DialectName } from '../sql/dialect.ts';
import { dialectOf } from '../sql/dialects.ts';
import type { Query } from '../sql/ir.ts';
import { bindQuery } from '../sql/resolve/bind-query.ts';
import { columnUses } from '../sql/resolve/column-uses.ts';
import type { SchemaIndex } from '../sql/schema-index.ts';
import { toucher } from './impact.ts';
import { whyNotTheSame } from './means-the-same.ts';
import { describeChange, type SchemaChange } from './schema-change.ts';
import type { Since } from './sources-since.ts';

/** A text and what a parser made of it; absent where none could read it. */
export interface ReadText {
  readonly sql: string;
  readonly query: Query | undefined;
}

export interface FollowParts {
  readonly dialect: DialectName;
  /** The definition as it is written. */
  readonly written: ReadText;
  /** Proposals of how it could be written now, the smallest edit first. */
  readonly rewritten: readonly ReadText[];
  readonly before: SchemaIndex;
  readonly now: SchemaIndex;
  readonly since: Since;
}

/** How a definition may follow its sources, or why it may not. */
export type Followed =
  | {
      readonly kind: 'followed';
      readonly sql: string;
      /** What became of what it reads. */
      readonly changes: readonly SchemaChange[];
      /** Nothing that was retyped is read: what is carried is exact. */
      readonly isCarriable: boolean;
    }
  | {
      readonly kind: 'refused';
      readonly because: string;
      readonly changes: readonly SchemaChange[];
    };

/**
 * The first text that surely computes of today's sources what the definition computed of yesterday's. Columns that are gone have
 * no successor: nothing is put in their place.
 */
export function followedText({ definition }: Mart, parts: FollowParts): Followed {
  const { written, rewritten, before, now, since, dialect } = parts;
  const changes = concerning(written, { definition, before, since, dialect });
  const gone = changes.filter(
    ({ kind }) => kind === 'column-removed' || kind === 'relation-removed',
  );
  if (gone.length > 0) {
    return { kind: 'refused', because: said(gone), changes };
  }
  const { query } = written;
  if (query === undefined) {
    return { kind: 'refused', because: 'its definition cannot be read', changes };
  }
  const reasons: string[] = [];
  for (const text of [written, ...rewritten]) {
    const because =
      text.query === undefined
        ? 'the rewritten definition cannot be read'
        : whyNotTheSame({
            relation: definition.relation,
            dialect,
            was: { query, schema: before },
            is: { query: text.query, schema: now },
            sources: since.sources,
          });
    if (because === undefined) {
      const isCarriable = !changes.some(({ kind }) => kind === 'column-retyped');
      return { kind: 'followed', sql: text.sql, changes, isCarriable };
    }
    reasons.push(because);
  }
  const because = `${said(changes)}${changes.length === 0 ? '' : '; '}${reasons.at(-1) ?? ''}`;
  return { kind: 'refused', because, changes };
}

/** What became of what the definition reads, in words. */
export function said(changes: readonly SchemaChange[]): string {
  return changes.map(describeChange).join('; ');
}

/** Of all that happened to its sources, what its definition reads; additions are no matter. */
function concerning(
  { query }: ReadText,
  {
    definition,
    before,
    since,
    dialect,
  }: Pick<FollowParts, 'before' | 'since' | 'dialect'> & Pick<Mart, 'definition'>,
): readonly SchemaChange[] {
  if (query === undefined) {
    return since.changes;
  }
  const { database, schema } = relationParts(definition.relation);
  const bound = bindQuery(query, {
    schema: before,
    dialect: dialectOf(dialect),
    names: { database, schema },
  });
  const touches = toucher([...bound.relations.keys()], columnUses(bound.query));
  return since.changes.filter(
    (change) =>
      change.kind !== 'column-added' && change.kind !== 'relation-replaced' && touches(change),
  );
}
