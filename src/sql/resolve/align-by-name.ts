import type { BoundExpr, BoundQuery } from '../bound.ts';
import type { Binder, QueryResult } from './binder.ts';
import { sameLetters } from './names.ts';

/** The sides of a UNION BY NAME with their columns in one order; what a side lacks is null there. */
export function alignByName(
  binder: Binder,
  left: QueryResult,
  right: QueryResult,
): { readonly left: QueryResult; readonly right: QueryResult } {
  const [mine, theirs] = [left.query.outputs, right.query.outputs];
  if (left.admit !== undefined || right.admit !== undefined) {
    binder.notes.add('set operation by name over unknown columns');
    return { left, right };
  }
  const names = [...mine, ...theirs.filter((name) => !has(mine, name))];
  return {
    left: { query: reordered(binder, left.query, names) },
    right: { query: reordered(binder, right.query, names) },
  };
}

function has(names: readonly string[], name: string): boolean {
  return names.some((other) => sameLetters(other, name));
}

function reordered(binder: Binder, query: BoundQuery, names: readonly string[]): BoundQuery {
  const { outputs } = query;
  const isAligned =
    outputs.length === names.length &&
    outputs.every((output, at) => sameLetters(output, names[at] ?? ''));
  if (isAligned) {
    return query;
  }
  const occ = binder.nextOcc();
  const items = names.map((name) => {
    const column = outputs.find((output) => sameLetters(output, name));
    const expr: BoundExpr =
      column === undefined
        ? { kind: 'literal', type: 'null', text: 'null' }
        : { kind: 'ref', occ, column };
    return { name, expr, fromStar: true };
  });
  return {
    body: {
      kind: 'select',
      items,
      from: {
        kind: 'derived',
        occ,
        query,
        lateral: false,
        origin: 'subquery',
        columns: outputs,
      },
      opaqueClauses: [],
    },
    outputs: names,
    orderBy: [],
  };
}
