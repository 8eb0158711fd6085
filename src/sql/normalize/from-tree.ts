import type { BoundExpr, BoundFrom, BoundQuery } from '../bound.ts';
import type { Block, JoinTree, NormalQuery } from '../normal-query.ts';
import { conjunctsOf } from './conjuncts.ts';
import { isAggregate } from './functions.ts';
import { productOf } from './join-tree.ts';
import { someExpr } from './walk.ts';

/** A FROM clause as a join tree, the conditions that hold of its rows, and what merged columns stand for. */
export interface FromTree {
  readonly tree: JoinTree;
  readonly where: readonly BoundExpr[];
  /** By occurrence of a merged source, then by column. */
  readonly merged: ReadonlyMap<number, ReadonlyMap<string, BoundExpr>>;
}

/** Why a FROM clause is not a join tree. */
export interface NotATree {
  readonly kind: 'not-a-tree';
  readonly because: string;
}

interface FromParts {
  readonly normalize: (query: BoundQuery) => NormalQuery;
  /** True on the side of an outer join that may be filled with NULLs: there only plain columns are merged. */
  readonly nullSupplied: boolean;
}

/** Flattens inner joins, merges plain derived tables, moves conditions up as far as they may go. */
export function fromTree(from: BoundFrom, parts: FromParts): FromTree | NotATree {
  switch (from.kind) {
    case 'table':
      return from.modifiers.length > 0
        ? notATree(`volatile: ${from.modifiers.join(', ')} on ${from.relation}`)
        : {
            tree: { kind: 'table', occ: from.occ, relation: from.relation },
            where: [],
            merged: new Map(),
          };
    case 'derived':
      return derivedTree(from, parts);
    case 'join':
      return joinedTree(from, parts);
    case 'recursive':
      return notATree('recursive source');
    case 'function':
      return notATree(`table function ${from.name}`);
    case 'opaque-from':
      return notATree(from.because);
  }
}

function notATree(because: string): NotATree {
  return { kind: 'not-a-tree', because };
}

function derivedTree(
  from: Extract<BoundFrom, { kind: 'derived' }>,
  { normalize, nullSupplied }: FromParts,
): FromTree | NotATree {
  if (from.lateral) {
    return notATree('lateral source');
  }
  const query = normalize(from.query);
  const block = mergeable(query);
  if (
    block !== undefined &&
    (!nullSupplied || block.items.every(({ expr }) => expr.kind === 'ref'))
  ) {
    const columns = new Map(
      block.items.flatMap(({ expr }, index) => {
        const name = from.columns[index];
        return name === undefined ? [] : [[name, expr] as const];
      }),
    );
    return { tree: block.from, where: block.where, merged: new Map([[from.occ, columns]]) };
  }
  const named = { ...query, outputs: from.columns };
  return { tree: { kind: 'query', occ: from.occ, query: named }, where: [], merged: new Map() };
}

/** The block of a query that is plain select-project-join and may vanish in the block that reads it. */
function mergeable(query: NormalQuery): Block | undefined {
  if (query.body.kind !== 'block' || query.limit !== undefined || query.offset !== undefined) {
    return undefined;
  }
  const { block } = query.body;
  const isPlain =
    block.groupBy === undefined &&
    block.having.length === 0 &&
    !block.distinct &&
    block.barriers.length === 0 &&
    block.from.kind !== 'none' &&
    block.items.every(({ expr }) => !someExpr(expr, isNotPlain));
  return isPlain ? block : undefined;
}

function isNotPlain(expr: BoundExpr): boolean {
  return (
    isAggregate(expr) ||
    expr.kind === 'subquery' ||
    expr.kind === 'exists' ||
    expr.kind === 'in-query'
  );
}

function joinedTree(
  from: Extract<BoundFrom, { kind: 'join' }>,
  parts: FromParts,
): FromTree | NotATree {
  if (from.join === 'asof' || from.join === 'positional') {
    return notATree(`${from.join} join`);
  }
  const isFull = from.join === 'full';
  const left = fromTree(from.left, { ...parts, nullSupplied: parts.nullSupplied || isFull });
  const right = fromTree(from.right, {
    ...parts,
    nullSupplied: parts.nullSupplied || isFull || from.join === 'left',
  });
  if (!('tree' in left)) {
    return left;
  }
  if (!('tree' in right)) {
    return right;
  }
  const merged = new Map([...left.merged, ...right.merged]);
  const on = conjunctsOf(from.on);
  if (from.join === 'inner' || from.join === 'cross') {
    return {
      tree: productOf([left.tree, right.tree]),
      where: [...left.where, ...right.where, ...on],
      merged,
    };
  }
  if (from.join === 'full' && (left.where.length > 0 || right.where.length > 0)) {
    return notATree('full join over a filtered or joined source');
  }
  return {
    tree: {
      kind: 'outer',
      join: from.join,
      left: left.tree,
      right: right.tree,
      on: [...right.where, ...on],
    },
    where: left.where,
    merged,
  };
}
