import { type RelationId, relationParts } from '../base/relation.ts';
import type { DialectName } from '../sql/dialect.ts';
import { dialectOf } from '../sql/dialects.ts';
import type { Query } from '../sql/ir.ts';
import type { NormalQuery } from '../sql/normal-query.ts';
import { normalize } from '../sql/normalize/normalize.ts';
import { printQuery } from '../sql/print/print-query.ts';
import { bindQuery } from '../sql/resolve/bind-query.ts';
import type { SchemaIndex } from '../sql/schema-index.ts';
import { underNamesOfToday } from './names-of-today.ts';
import type { SourceNow } from './source-now.ts';

/** A definition and the schema it is written for. */
export interface Reading {
  readonly query: Query;
  readonly schema: SchemaIndex;
}

export interface Comparison {
  /** The mart's own relation: bare names mean what its schema holds. */
  readonly relation: RelationId;
  readonly dialect: DialectName;
  readonly was: Reading;
  readonly is: Reading;
  readonly sources: readonly SourceNow[];
}

/**
 * Why a rewritten definition cannot be seen to compute of today's sources what the former one computed of yesterday's, name for
 * name; absent where it does. Both are resolved and put in normal form, the former one under today's names, and printed.
 */
export function whyNotTheSame(comparison: Comparison): string | undefined {
  const { was, is, dialect } = comparison;
  const before = read(was, comparison);
  const after = read(is, comparison);
  if ('because' in before) {
    return `the former definition is not understood: ${before.because}`;
  }
  if ('because' in after) {
    return `the rewritten definition is not understood: ${after.because}`;
  }
  const [left, right] = [underNamesOfToday(before.query, comparison.sources), after.query].map(
    (query) => printQuery(query, dialect),
  );
  if (left?.kind !== 'printed' || right?.kind !== 'printed') {
    const because = left?.kind === 'unprintable' ? left.because : '';
    return `its definition holds what cannot be compared: ${because}`;
  }
  return left.sql === right.sql
    ? undefined
    : 'the rewritten definition does not compute the same of the renamed sources';
}

function read(
  { query, schema }: Reading,
  { relation, dialect }: Comparison,
): { readonly query: NormalQuery } | { readonly because: string } {
  const { database, schema: own } = relationParts(relation);
  const bound = bindQuery(query, {
    schema,
    names: { database, schema: own },
    dialect: dialectOf(dialect),
  });
  const [because] = bound.notUnderstood;
  return because === undefined ? { query: normalize(bound.query) } : { because };
}
