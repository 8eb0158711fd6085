import type { BoundExpr, BoundFrom, BoundQuery } from '../bound.ts';
import { RESOLVE_RULES } from '../dialects/resolving.ts';
import type { Ident, Path } from '../ir.ts';
import type { Binder, FromResult, QueryResult } from './binder.ts';
import { foldIdent } from './names.ts';
import { type SourceColumn, visibleOf } from './scope.ts';

type Derived = Extract<BoundFrom, { readonly kind: 'derived' }>;

export interface DerivedShape {
  readonly origin: Derived['origin'];
  readonly name?: string;
  readonly lateral: boolean;
  readonly calledAs: Path;
  /** Names of the first columns, as the FROM item or the CTE gives them. */
  readonly columnAliases: readonly Ident[];
  /** Stored names of all columns, where the catalog tells them (a view's). */
  readonly columns?: readonly string[];
}

/** A bound query as a source: its outputs become columns, told apart where two have one name. */
export function bindDerived(binder: Binder, result: QueryResult, shape: DerivedShape): FromResult {
  const occ = binder.nextOcc();
  const { query, admit } = result;
  const rules = binder.context.dialect.names;
  const aliased = query.outputs.map((output, at) => {
    const alias = shape.columnAliases[at];
    return alias === undefined ? (shape.columns?.[at] ?? output) : foldIdent(alias, rules);
  });
  const columns = toldApart(aliased);
  const shown: SourceColumn[] = [];
  columns.forEach((column, at) => {
    if (!isUnknownStar(query, at)) {
      shown.push(columnNamed(column, occ));
    }
  });
  const from: BoundFrom = {
    kind: 'derived',
    occ,
    query,
    lateral: shape.lateral,
    origin: shape.origin,
    ...(shape.name === undefined ? {} : { name: shape.name }),
    columns,
  };
  const doubled = doubledNames(query, {
    aliased,
    isNumbered: RESOLVE_RULES[binder.context.dialect.name].numbersDoubledNames,
  });
  const visible = visibleOf({
    occ,
    calledAs: shape.calledAs,
    columns: shown,
    ...(doubled.size === 0 ? {} : { doubled }),
    ...(admit === undefined
      ? {}
      : {
          admit(name: Ident) {
            const output = admit(name);
            if (output === undefined) {
              return undefined;
            }
            columns.push(...query.outputs.slice(columns.length));
            const column: SourceColumn = { ...columnNamed(output, occ), admitted: true };
            shown.push(column);
            return column;
          },
        }),
  });
  return { from, visible };
}

function columnNamed(column: string, occ: number): SourceColumn {
  return { name: column, expr: { kind: 'ref', occ, column } };
}

/** The output that stands for all columns of a source nobody knows. */
function isUnknownStar(query: BoundQuery, at: number): boolean {
  if (query.outputs[at] !== '*') {
    return false;
  }
  return query.body.kind !== 'select' || query.body.items[at]?.expr.kind === 'opaque';
}

/** `a, a, a` becomes `a, a_1, a_2`, as DuckDB names them; refs go by name, so names must differ. */
function toldApart(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let n = 1; seen.has(unique.toLowerCase()); n += 1) {
      unique = `${name}_${n}`;
    }
    seen.add(unique.toLowerCase());
    return unique;
  });
}

/** Elsewhere than in DuckDB a name given to two different columns names neither. */
function doubledNames(
  query: BoundQuery,
  { aliased, isNumbered }: { readonly aliased: readonly string[]; readonly isNumbered: boolean },
): ReadonlySet<string> {
  const doubled = new Set<string>();
  if (isNumbered) {
    return doubled;
  }
  const first = new Map<string, number>();
  aliased.forEach((name, at) => {
    const key = name.toLowerCase();
    const before = first.get(key);
    if (before === undefined) {
      first.set(key, at);
    } else if (!sameText(itemAt(query, before), itemAt(query, at))) {
      doubled.add(key);
    }
  });
  return doubled;
}

function itemAt({ body }: BoundQuery, at: number): BoundExpr | undefined {
  return body.kind === 'select' ? body.items[at]?.expr : undefined;
}

function sameText(left: BoundExpr | undefined, right: BoundExpr | undefined): boolean {
  return left !== undefined && JSON.stringify(left) === JSON.stringify(right);
}
