import type { BoundExpr, BoundQuery } from '../bound.ts';
import type { LineageEdge, LineageSource } from '../query-shape.ts';
import { baseOf } from './base-of.ts';
import type { NodeMarks } from './binder.ts';
import { leavesOf, type Occurrences, occurrencesOf } from './occurrences.ts';
import { nodesOf, queryIn } from './walk-expr.ts';

const NO_MARKS: NodeMarks = { merged: new Map(), dotted: new Set(), filled: new Map() };

export interface LineageOptions {
  /** What the outputs are called where they go, parallel to `query.outputs`. */
  readonly names?: readonly string[];
  readonly occurrences?: Occurrences;
  /** Of the binding the query came from. */
  readonly marks?: NodeMarks;
}

/**
 * For each output, the base columns its values are computed from: through CTEs, derived tables, views, set
 * operations and recursion; through CASE conditions and window clauses too, but not through filters or joins.
 */
export function traceLineage(
  query: BoundQuery,
  { names = query.outputs, occurrences = occurrencesOf(query), marks }: LineageOptions = {},
): readonly LineageEdge[] {
  const trace = tracer(occurrences, marks ?? NO_MARKS);
  const edges = new Map<string, Map<string, LineageSource>>();
  query.outputs.forEach((output, at) => {
    const column = names[at] ?? output;
    const sources = edges.get(column) ?? new Map<string, LineageSource>();
    for (const source of trace(query, at)) {
      sources.set(keyOf(source), source);
    }
    edges.set(column, sources);
  });
  return [...edges].map(([column, sources]) => ({
    column,
    sources: [...sources].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, source]) => source),
  }));
}

function tracer(occurrences: Occurrences, { merged, dotted, filled }: NodeMarks) {
  const known = new Map<string, readonly LineageSource[]>();
  /** Of each list of columns, the first place of every name. */
  const places = new Map<readonly string[], ReadonlyMap<string, number>>();

  function ofOutput(query: BoundQuery, at: number): readonly LineageSource[] {
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

  function ofExpr(expr: BoundExpr): readonly LineageSource[] {
    const found: LineageSource[] = [];
    for (const node of nodesOf(expr, (at) => merged.has(at) || fieldOf(at) !== undefined)) {
      const field = fieldOf(node);
      if (field !== undefined) {
        found.push(field);
        continue;
      }
      const sides = merged.get(node);
      if (sides !== undefined) {
        sides.flatMap(ofExpr).forEach((source) => found.push(source));
        continue;
      }
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

  /** `t.column.a.b`, where the column comes from its table unchanged. */
  function fieldOf(node: BoundExpr): LineageSource | undefined {
    if (node.kind !== 'access' || node.base.kind !== 'ref' || !dotted.has(node)) {
      return undefined;
    }
    const base = baseOf(node.base, occurrences);
    const field = node.steps.map((step) => (step.kind === 'field' ? step.name : '')).join('.');
    return base && { relation: base.relation, column: base.column, field };
  }

  function ofRef(occ: number, column: string): readonly LineageSource[] {
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

  function ofLeaf(occ: number, column: string): readonly LineageSource[] {
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
  function ofAll(occ: number, inside: readonly BoundExpr[]): readonly LineageSource[] {
    const key = `${occ}`;
    const found = known.get(key) ?? distinct(inside.flatMap(ofExpr));
    known.set(key, found);
    return found;
  }

  function ofOpaque(
    leaf: Extract<ReturnType<Occurrences['leafOf']>, { readonly kind: 'opaque-from' }>,
    column: string,
  ): readonly LineageSource[] {
    const exprs = filled.get(leaf.occ)?.get(column);
    if (exprs !== undefined) {
      return distinct(exprs.flatMap(ofExpr));
    }
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
  ): readonly LineageSource[] {
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

function distinct(columns: readonly LineageSource[]): readonly LineageSource[] {
  return [...new Map(columns.map((column) => [keyOf(column), column])).values()];
}

function keyOf({ relation, column, field }: LineageSource): string {
  return `${relation} ${column}${field === undefined ? '' : ` ${field}`}`;
}
