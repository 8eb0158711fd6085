import type { BoundExpr, BoundFrom, BoundQuery, BoundSelect } from '../bound.ts';
import type { Block, JoinTree, NormalQuery } from '../normal-query.ts';
import { conjunctionOf } from './conjuncts.ts';

/** The same query as a bound one, for printing and for embedding it in an expression. */
export function toBound(query: NormalQuery | BoundQuery): BoundQuery {
  const { body, ...rest } = query;
  switch (body.kind) {
    case 'block':
      return { ...rest, body: selectOf(body.block, query.outputs) };
    case 'set':
      return { ...rest, body: { ...body, left: toBound(body.left), right: toBound(body.right) } };
    case 'opaque':
      return { ...rest, body: body.whole ?? { kind: 'opaque-query', because: body.because } };
    case 'select':
    case 'values':
    case 'opaque-query':
      return { ...rest, body };
  }
}

function selectOf(block: Block, outputs: readonly string[]): BoundSelect {
  const { from, where } = fromOf(block.from, block.where);
  const condition = conjunctionOf(where);
  const having = conjunctionOf(block.having);
  const groupBy = block.groupBy;
  return {
    kind: 'select',
    items: block.items.map((item, index) => ({
      name: outputs[index] ?? item.name,
      expr: item.expr,
      fromStar: false,
    })),
    opaqueClauses: [],
    ...(block.distinct ? { distinct: 'all' as const } : {}),
    ...(from === undefined ? {} : { from }),
    ...(condition === undefined ? {} : { where: condition }),
    ...(groupBy === undefined || (groupBy.length === 0 && block.groupingSets === undefined)
      ? {}
      : {
          groupBy: {
            exprs: groupBy,
            ...(block.groupingSets === undefined ? {} : { sets: block.groupingSets }),
          },
        }),
    ...(having === undefined ? {} : { having }),
  };
}

interface FromAndWhere {
  readonly from: BoundFrom | undefined;
  readonly where: readonly BoundExpr[];
}

/** Inner members become a chain of joins, each with the conditions that are ready by then and tie it to the others. */
function fromOf(tree: JoinTree, where: readonly BoundExpr[]): FromAndWhere {
  switch (tree.kind) {
    case 'none':
      return { from: undefined, where };
    case 'table':
      return {
        from: { kind: 'table', occ: tree.occ, relation: tree.relation, modifiers: [], known: true },
        where,
      };
    case 'query':
      return {
        from: {
          kind: 'derived',
          occ: tree.occ,
          query: toBound(tree.query),
          lateral: false,
          origin: 'subquery',
          columns: tree.query.outputs,
        },
        where,
      };
    case 'inner':
      return chainOf(tree.members, where);
    case 'outer': {
      const left = fromOf(tree.left, []);
      const right = fromOf(tree.right, []);
      if (left.from === undefined || right.from === undefined) {
        return { from: left.from ?? right.from, where };
      }
      const on = conjunctionOf(tree.on) ?? { kind: 'literal', type: 'boolean', text: 'true' };
      return {
        from: { kind: 'join', join: tree.join, left: left.from, right: right.from, on },
        where,
      };
    }
  }
}

function chainOf(members: readonly JoinTree[], where: readonly BoundExpr[]): FromAndWhere {
  let from: BoundFrom | undefined;
  let waiting = where;
  for (const member of members) {
    const next = fromOf(member, []).from;
    if (from === undefined || next === undefined) {
      from ??= next;
      continue;
    }
    const seen = new Set([...sourcesIn(from), ...sourcesIn(next)]);
    const added = new Set(sourcesIn(next));
    const ties = waiting.filter((condition) => tiesTogether(condition, { seen, added }));
    waiting = waiting.filter((condition) => !ties.includes(condition));
    const on = conjunctionOf(ties);
    from =
      on === undefined
        ? { kind: 'join', join: 'cross', left: from, right: next }
        : { kind: 'join', join: 'inner', left: from, right: next, on };
  }
  return { from, where: waiting };
}

/** A plain comparison that reads the new source and at least one before it, and nothing later. */
function tiesTogether(
  condition: BoundExpr,
  { seen, added }: { readonly seen: ReadonlySet<number>; readonly added: ReadonlySet<number> },
): boolean {
  if (
    condition.kind !== 'binary' ||
    condition.left.kind !== 'ref' ||
    condition.right.kind !== 'ref'
  ) {
    return false;
  }
  const occs = [condition.left.occ, condition.right.occ];
  return (
    occs.every((occ) => seen.has(occ)) &&
    occs.some((occ) => added.has(occ)) &&
    occs.some((occ) => !added.has(occ))
  );
}

function sourcesIn(from: BoundFrom): readonly number[] {
  return from.kind === 'join' ? [...sourcesIn(from.left), ...sourcesIn(from.right)] : [from.occ];
}
