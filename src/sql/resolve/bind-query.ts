import type { RelationId } from '../../base/relation.ts';
import type { BoundQuery } from '../bound.ts';
import type { Query } from '../ir.ts';
import { bindExpr } from './bind-expr.ts';
import { bindFrom } from './bind-from.ts';
import { bindWhole } from './bind-whole.ts';
import type { BindContext, Binder, RelationSeen } from './binder.ts';

/** More selects than this in one statement, CTEs and views multiplied out, and the rest stays opaque. */
const MOST_SELECTS = 3_000;

export interface QueryBinding {
  readonly query: BoundQuery;
  /** One clause each, stable and countable. Empty: every name was resolved. */
  readonly notUnderstood: readonly string[];
  /** Every relation read, in order of appearance. */
  readonly relations: ReadonlyMap<RelationId, RelationSeen>;
}

/**
 * Resolves a parsed query against a schema. Never throws for a query the parsers made; what cannot be resolved
 * becomes an opaque node and a reason.
 */
export function bindQuery(query: Query, context: BindContext): QueryBinding {
  const binder = startBinder(context);
  const bound = binder.bindQuery(binder, query, { ctes: [] }).query;
  return { query: bound, notUnderstood: [...binder.notes], relations: binder.relations };
}

export function startBinder(context: BindContext): Binder {
  let occ = 0;
  let selects = 0;
  const notes = new Set<string>();
  return {
    context,
    notes,
    relations: new Map(),
    unknownColumns: new Map(),
    openViews: [],
    nextOcc() {
      occ += 1;
      return occ;
    },
    mayBindMore() {
      selects += 1;
      if (selects > MOST_SELECTS) {
        notes.add('statement too large');
        return false;
      }
      return true;
    },
    bindQuery: bindWhole,
    bindFrom,
    bindExpr,
  };
}
