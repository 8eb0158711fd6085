import type { BoundExpr, BoundQuery } from '../bound.ts';
import type { ColumnOf, LineageEdge } from '../query-shape.ts';
import { leavesOf, type Occurrences, occurrencesOf } from './occurrences.ts';
import { nodesOf, queryIn } from './walk-expr.ts';

export interface LineageOptions {
  /** What the outputs are called where they go, parallel to `query.outputs`. */
  readonly names?: readonly string[];
  readonly occurrences?: Occurrences;
}

/**
 * For each output, the base columns its values are computed from: through CTEs, derived tables, views, set
 * operations and recursion; through CASE conditions and window clauses too, but not through filters or joins.
 */
export function traceLineage(
  query: BoundQuery,
  { names = query.outputs, occurrences = occurrencesOf(query) }: LineageOptions = {},
): readonly LineageEdge[] {
  const trace = tracer(occurrences);
  const edges = new Map<string, Map<string, ColumnOf>>();
  query.outputs.forEach((output, at) => {
    const column = names[at] ?? output;
    const sources = edges.get(column) ?? new Map<string, ColumnOf>();
    for (const source of trace(query, at)) {
      sources.set(`${source.relation} ${source.column}`, source);
    }
    edges.set(column, sources);
  });
  return [...edges].map(([column, sources]) => ({
    column,
    sources: [...sources].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, source]) => source),
  }));
}

function tracer(occurrences: Occurrences) {
  const known = new Map<string, readonly ColumnOf[]>();
  /** Of each list of columns, the first place of every name. */
  const places = new Map<readonly string[], ReadonlyMap<string, number>>();

  function ofOutput(query: BoundQuery, at: number): readonly ColumnOf[] {
    const { body } = query;
    switch (body.kind) {
      case 'select': {
        const item = body.items[at];
        return item === undefined ? [] : ofExpr(item.expr);
      }
      case 'set':
        return [...ofOutput(body.left, at), ...ofOutput(body.right, at)];
      case 'values':
        return body.rows.flatMap((row) => {
          const cell = row[at];
          return cell === undefined ? [] : ofExpr(cell);
        });
      case 'opaque-query':
        return [];
    }
  }

  function ofExpr(expr: BoundExpr): readonly ColumnOf[] {
    const found: ColumnOf[] = [];
    for (const node of nodesOf(expr)) {
      if (node.kind === 'ref') {
        ofRef(node.occ, node.column).forEach((source) => found.push(source));
      }
      const inner = node.kind === 'exists' ? undefined : queryIn(node);
      inner?.outputs.forEach((_, at) => {
        ofOutput(inner, at).forEach((source) => found.push(source));
      });
    }
    return found;
  }

  function ofRef(occ: number, column: string): readonly ColumnOf[] {
    const key = `${occ} ${column}`;
    const before = known.get(key);
    if (before !== undefined) {
      return before;
    }
    known.set(key, []);
    const found = distinct(ofLeaf(occ, column));
    known.set(key, found);
    return found;
  }

  function ofLeaf(occ: number, column: string): readonly ColumnOf[] {
    const leaf = occurrences.leafOf(occ);
    switch (leaf?.kind) {
      case undefined:
        return [];
      case 'table':
        return [{ relation: leaf.relation, column }];
      case 'derived':
        return ofColumns(leaf.query, { columns: leaf.columns, column });
      case 'recursive': {
        const definition = occurrences.definitionOf(occ);
        return definition === undefined
          ? []
          : ofColumns(definition, { columns: leaf.columns, column });
      }
      case 'function':
        return ofAll(occ, leaf.args);
      case 'opaque-from':
        return ofOpaque(leaf, column);
    }
  }

  /** What stands inside a source whose columns cannot be told apart: the same for each of them. */
  function ofAll(occ: number, inside: readonly BoundExpr[]): readonly ColumnOf[] {
    const key = `${occ}`;
    const found = known.get(key) ?? distinct(inside.flatMap(ofExpr));
    known.set(key, found);
    return found;
  }

  function ofOpaque(
    leaf: Extract<ReturnType<Occurrences['leafOf']>, { readonly kind: 'opaque-from' }>,
    column: string,
  ): readonly ColumnOf[] {
    const tables = leaf.sources.flatMap(leavesOf).filter(({ kind }) => kind === 'table');
    const [only] = tables;
    if (leaf.inside.length === 0 && tables.length === 1 && only?.kind === 'table') {
      return [{ relation: only.relation, column }];
    }
    return ofAll(leaf.occ, leaf.inside);
  }

  function ofColumns(
    query: BoundQuery,
    { columns, column }: { readonly columns: readonly string[]; readonly column: string },
  ): readonly ColumnOf[] {
    if (column === '*') {
      return query.outputs.flatMap((output, at) => (output === '*' ? ofOutput(query, at) : []));
    }
    const at = placesOf(columns).get(column);
    return at === undefined ? [] : ofOutput(query, at);
  }

  function placesOf(columns: readonly string[]): ReadonlyMap<string, number> {
    const before = places.get(columns);
    const found =
      before ?? new Map(columns.map((column, at): [string, number] => [column, at]).toReversed());
    places.set(columns, found);
    return found;
  }

  return ofOutput;
}

function distinct(columns: readonly ColumnOf[]): readonly ColumnOf[] {
  const seen = new Map(columns.map((column) => [`${column.relation} ${column.column}`, column]));
  return [...seen.values()];
}
