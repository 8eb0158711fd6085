import type { BoundExpr } from '../bound.ts';
import { RESOLVE_RULES } from '../dialects/resolving.ts';
import type { FromItem, Ident, Path } from '../ir.ts';
import { bindDerived } from './bind-derived.ts';
import { bindJoin } from './bind-join.ts';
import { bindPivot } from './bind-pivot.ts';
import { bindTable } from './bind-table.ts';
import { bindFunction } from './bind-table-function.ts';
import type { Binder, FromResult } from './binder.ts';
import { foldIdent } from './names.ts';
import { type FromScope, type Scope, type SourceColumn, visibleOf } from './scope.ts';

/** Binds one member of a FROM clause. */
export function bindFrom(binder: Binder, item: FromItem, scope: FromScope): FromResult {
  switch (item.kind) {
    case 'table':
      return bindTable(binder, item, scope);
    case 'derived':
      return bindSubquery(binder, item, scope);
    case 'function':
      return bindFunction(binder, item, scope);
    case 'join':
      return bindJoin(binder, item, scope);
    case 'pivot':
      return bindPivot(binder, item, scope);
    case 'opaque-from':
      return bindOpaque(binder, item);
  }
}

/** A derived table; one that uses a source before it is lateral, said or (DuckDB) unsaid. */
function bindSubquery(
  binder: Binder,
  item: Extract<FromItem, { readonly kind: 'derived' }>,
  { outer, siblings }: FromScope,
): FromResult {
  const unsaid = { used: false };
  const seesSiblings =
    siblings !== outer && RESOLVE_RULES[binder.context.dialect.name].derivedSeesSiblings;
  const implicit = seesSiblings ? unsaidDownTo(outer, { scope: siblings, unsaid }) : outer;
  const result = binder.bindQuery(binder, item.query, item.lateral ? siblings : implicit);
  return bindDerived(binder, result, {
    origin: 'subquery',
    lateral: item.lateral || unsaid.used,
    calledAs: item.alias === undefined ? [] : [item.alias],
    columnAliases: item.columnAliases,
  });
}

/** Every scope of sources before it, up to what is outside the whole FROM clause. */
function unsaidDownTo(
  outer: Scope,
  { scope, unsaid }: { readonly scope: Scope; readonly unsaid: { used: boolean } },
): Scope {
  if (scope === outer) {
    return outer;
  }
  const { parent } = scope;
  const further = parent && { parent: unsaidDownTo(outer, { scope: parent, unsaid }) };
  return { ...scope, ...further, unsaid };
}

function bindOpaque(
  binder: Binder,
  item: Extract<FromItem, { readonly kind: 'opaque-from' }>,
): FromResult {
  binder.notes.add('opaque source');
  const occ = binder.nextOcc();
  const names: string[] = [];
  const calledAs: Path = item.alias === undefined ? [] : [item.alias];
  const columns: SourceColumn[] = [];
  return {
    from: {
      kind: 'opaque-from',
      occ,
      because: item.because,
      sources: [],
      inside: [],
      columns: names,
    },
    visible: visibleOf({
      occ,
      calledAs,
      columns,
      admit(name: Ident) {
        const column = foldIdent(name, binder.context.dialect.names);
        const expr: BoundExpr = { kind: 'ref', occ, column };
        const taken: SourceColumn = { name: column, expr, admitted: true };
        names.push(column);
        columns.push(taken);
        return taken;
      },
    }),
  };
}
