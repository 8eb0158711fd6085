import type { BoundExpr } from '../bound.ts';
import type { FromItem, Ident } from '../ir.ts';
import type { Binder, FromResult } from './binder.ts';
import { foldIdent } from './names.ts';
import { type FromScope, type Scope, type SourceColumn, type Star, visibleOf } from './scope.ts';
import { nodesOf } from './walk-expr.ts';

type PivotItem = Extract<FromItem, { readonly kind: 'pivot' }>;

/**
 * PIVOT and UNPIVOT: opaque, but the columns they pass through are still those of their source, and the
 * columns they make come from the aggregates, or from the folded columns.
 */
export function bindPivot(binder: Binder, item: PivotItem, scope: FromScope): FromResult {
  binder.notes.add(item.unpivot ? 'unpivot' : 'pivot');
  const source = binder.bindFrom(binder, item.source, scope);
  const occ = binder.nextOcc();
  const within: Scope = {
    parent: scope.siblings,
    visible: source.visible,
    ctes: scope.outer.ctes,
  };
  const inside = [...item.aggregates.map(({ expr }) => expr), ...item.columns].map((expr) =>
    binder.bindExpr(binder, expr, within),
  );
  const consumed = new Set(inside.flatMap(refsIn));
  const made = item.makes.map((name) => foldIdent(name, binder.context.dialect.names));
  const stars = source.visible.stars();
  const columns: SourceColumn[] = [
    ...stars.flatMap((star) => passedThrough(star, consumed)),
    ...made.map((column): SourceColumn => ({ name: column, expr: { kind: 'ref', occ, column } })),
  ];
  const open = stars.find((star) => star.kind === 'open');
  const isOpen = open !== undefined || made.length === 0;
  return {
    from: {
      kind: 'opaque-from',
      occ,
      because: item.unpivot ? 'unpivot' : 'pivot',
      sources: [source.from],
      inside,
      columns: made,
    },
    visible: visibleOf({
      occ,
      calledAs:
        item.alias === undefined ? (source.visible.sources[0]?.calledAs ?? []) : [item.alias],
      columns,
      ...(isOpen
        ? {
            admit(name: Ident) {
              const taken = admitted(binder, name, { occ, made, open });
              columns.push(taken);
              return taken;
            },
          }
        : {}),
    }),
  };
}

/** A name nobody lists: made where we cannot tell what is made, else the unknown source's. */
function admitted(
  binder: Binder,
  name: Ident,
  parts: { readonly occ: number; readonly made: string[]; readonly open: Star | undefined },
): SourceColumn {
  const { occ, made, open } = parts;
  const passed = open?.kind === 'open' && made.length > 0 ? open.source.admit?.(name) : undefined;
  if (passed !== undefined) {
    return passed;
  }
  const column = foldIdent(name, binder.context.dialect.names);
  return { name: column, expr: { kind: 'ref', occ, column }, admitted: true };
}

function passedThrough(star: Star, consumed: ReadonlySet<string>): readonly SourceColumn[] {
  if (star.kind === 'open') {
    return [];
  }
  return refsIn(star.column.expr).some((ref) => consumed.has(ref)) ? [] : [star.column];
}

function refsIn(expr: BoundExpr): readonly string[] {
  const refs: string[] = [];
  for (const node of nodesOf(expr)) {
    if (node.kind === 'ref') {
      refs.push(`${node.occ} ${node.column}`);
    }
  }
  return refs;
}
