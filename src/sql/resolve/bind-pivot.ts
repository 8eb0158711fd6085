import type { BoundExpr } from '../bound.ts';
import type { FromItem, Ident } from '../ir.ts';
import type { Binder, FromResult } from './binder.ts';
import { foldIdent } from './names.ts';
import { pivotColumns } from './pivot-names.ts';
import { type FromScope, type Scope, type SourceColumn, type Star, visibleOf } from './scope.ts';
import { nodesOf } from './walk-expr.ts';

type PivotItem = Extract<FromItem, { readonly kind: 'pivot' }>;

/**
 * PIVOT and UNPIVOT: never matched, but the columns they pass through are those of their source, and the columns
 * they make come from the aggregates, or from the folded columns. Understood where all of them can be told.
 */
export function bindPivot(binder: Binder, item: PivotItem, scope: FromScope): FromResult {
  const source = binder.bindFrom(binder, item.source, scope);
  const occ = binder.nextOcc();
  const within: Scope = { parent: scope.siblings, visible: source.visible, ctes: scope.outer.ctes };
  const aggregates = item.aggregates.map(({ expr }) => binder.bindExpr(binder, expr, within));
  const read = item.columns.map((expr) => binder.bindExpr(binder, expr, within));
  const made = madeColumns(binder, item, { occ, aggregates });
  const stars = source.visible.stars();
  const passed = passedThrough(stars, [...aggregates, ...read]);
  const open = stars.find((star) => star.kind === 'open');
  const isOpen = open !== undefined || made.length === 0;
  if (isOpen) {
    binder.notes.add(item.unpivot ? 'unpivot' : 'pivot');
  }
  const names = made.map(({ name }) => name);
  const columns = renamed(binder, item, [...passed, ...made]);
  const admit = admitting(binder, { occ, made: names, open });
  return {
    from: {
      kind: 'opaque-from',
      occ,
      because: item.unpivot ? 'unpivot' : 'pivot',
      sources: [source.from],
      // A PIVOT groups by what it passes through, whether or not somebody reads it.
      inside: [...aggregates, ...read, ...(item.unpivot ? [] : passed.map(({ expr }) => expr))],
      columns: names,
    },
    visible: visibleOf({
      occ,
      calledAs:
        item.alias === undefined ? (source.visible.sources[0]?.calledAs ?? []) : [item.alias],
      columns,
      ...(isOpen
        ? {
            admit(name: Ident) {
              const taken = admit(name);
              columns.push(taken);
              return taken;
            },
          }
        : {}),
    }),
  };
}

/** The columns made, each marked with the aggregate that fills it. */
function madeColumns(
  binder: Binder,
  item: PivotItem,
  { occ, aggregates }: { readonly occ: number; readonly aggregates: readonly BoundExpr[] },
): readonly SourceColumn[] {
  const { names: rules, name: dialect } = binder.context.dialect;
  const toColumn = (name: string): SourceColumn => ({
    name,
    expr: { kind: 'ref', occ, column: name },
  });
  if (item.unpivot) {
    return item.makes.map((name) => toColumn(foldIdent(name, rules)));
  }
  const filled = new Map<string, readonly BoundExpr[]>();
  for (const { name, aggregate } of pivotColumns(item, dialect)) {
    filled.set(foldIdent(name, rules), aggregates.slice(aggregate, aggregate + 1));
  }
  binder.marks.filled.set(occ, filled);
  return [...filled.keys()].map(toColumn);
}

function renamed(
  binder: Binder,
  { columnAliases = [] }: PivotItem,
  columns: readonly SourceColumn[],
): SourceColumn[] {
  const rules = binder.context.dialect.names;
  return columns.map((column, at) => {
    const alias = columnAliases[at];
    return alias === undefined ? column : { ...column, name: foldIdent(alias, rules) };
  });
}

/** A name nobody lists: made where we cannot tell what is made, else the unknown source's. */
function admitting(
  binder: Binder,
  parts: {
    readonly occ: number;
    readonly made: string[];
    readonly open: Star | undefined;
  },
): (name: Ident) => SourceColumn {
  const { occ, made, open } = parts;
  return (name) => {
    const passed = open?.kind === 'open' && made.length > 0 ? open.source.admit?.(name) : undefined;
    if (passed !== undefined) {
      return passed;
    }
    const column = foldIdent(name, binder.context.dialect.names);
    return { name: column, expr: { kind: 'ref', occ, column }, admitted: true };
  };
}

/** The columns of the source that the pivot does not use up. */
function passedThrough(
  stars: readonly Star[],
  read: readonly BoundExpr[],
): readonly SourceColumn[] {
  const consumed = new Set(read.flatMap(refsIn));
  return stars.flatMap((star) =>
    star.kind === 'open' || refsIn(star.column.expr).some((ref) => consumed.has(ref))
      ? []
      : [star.column],
  );
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
