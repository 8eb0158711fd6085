import type { RelationId } from '../base/relation.ts';
import type { BoundExpr } from '../sql/bound.ts';
import type { Block, JoinTree, NormalQuery } from '../sql/normal-query.ts';
import type { Candidate } from './candidate.ts';
import { refsOf, someNode } from './expressions.ts';

/**
 * Outputs of a mart that a statement compares with constants, each once, in the mart's order: what the mart's rows are worth lying in
 * order of. A column within a function is none: rows that lie together by the column need not by what is made of it.
 */
export function filteredOutputs(
  query: NormalQuery,
  { definition, query: held }: Pick<Candidate, 'definition' | 'query'>,
): readonly string[] {
  const outputs = definition.columns.map(({ name }) => name);
  const outputOf = plainOutputs(held, outputs);
  const filtered = new Set<string>();
  for (const block of blocksOf(query)) {
    const sources = sourcesOf(block.from);
    for (const { occ, column } of block.where.flatMap(comparedWithConstant)) {
      const source = sources.get(occ);
      const output =
        source === definition.relation || source === 'derived'
          ? outputs.find((name) => name === column)
          : outputOf.get(`${source ?? ''}\0${column}`);
      if (output !== undefined) {
        filtered.add(output);
      }
    }
  }
  return outputs.filter((name) => filtered.has(name));
}

/** The mart's own outputs that are columns of its sources, by source and column. */
function plainOutputs(held: NormalQuery, outputs: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (held.body.kind !== 'block') {
    return found;
  }
  const { items, from } = held.body.block;
  const sources = sourcesOf(from);
  for (const [at, { expr }] of items.entries()) {
    const output = outputs[at];
    if (expr.kind === 'ref' && output !== undefined) {
      found.set(`${sources.get(expr.occ) ?? ''}\0${expr.column}`, output);
    }
  }
  return found;
}

function blocksOf(query: NormalQuery): readonly Block[] {
  const blocks: Block[] = [];
  someNode(query.body, (node) => {
    if (node.kind === 'block') {
      blocks.push(node['block'] as Block);
    }
    return false;
  });
  return blocks;
}

/** What a block reads by occurrence; of a query within FROM only that it is one: a view that was not merged, most of the time. */
function sourcesOf(tree: JoinTree): ReadonlyMap<number, RelationId | 'derived'> {
  switch (tree.kind) {
    case 'none':
      return new Map();
    case 'table':
      return new Map([[tree.occ, tree.relation]]);
    case 'query':
      return new Map([[tree.occ, 'derived' as const]]);
    case 'inner':
      return new Map(tree.members.flatMap((member) => [...sourcesOf(member)]));
    case 'outer':
      return new Map([...sourcesOf(tree.left), ...sourcesOf(tree.right)]);
  }
}

const COMPARISONS = new Set(['=', '<', '>', '<=', '>=']);

function comparedWithConstant(condition: BoundExpr) {
  const column = comparedColumn(condition);
  return column?.kind === 'ref' && refsOf(condition).length === 1 ? [column] : [];
}

function comparedColumn(condition: BoundExpr): BoundExpr | undefined {
  if (condition.kind === 'binary') {
    return COMPARISONS.has(condition.op)
      ? [condition.left, condition.right].find(({ kind }) => kind === 'ref')
      : undefined;
  }
  const isWithin = condition.kind === 'between' || condition.kind === 'in-list';
  return isWithin && !condition.negated ? condition.operand : undefined;
}
