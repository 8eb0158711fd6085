import type { RelationId } from '../base/relation.ts';
import type { BoundExpr } from '../sql/bound.ts';
import { conditionalOf } from '../sql/match/conditional-aggregate.ts';
import { distinctExprs, renumber } from './author-mart.ts';
import {
  aggregatesOf,
  byPlace,
  type Call,
  exprKey,
  hasLiteral,
  hasParameter,
  refsOf,
  refTo,
} from './expressions.ts';
import { edgeKey, type JoinEdge, type StarBlock } from './star-block.ts';

/**
 * What an aggregate mart must hold to answer a block: the grain is grouping plus filter columns plus what is counted
 * distinct; measures are decomposed so that they roll up (`selection.md` 2.4).
 */
export interface AggregateNode {
  readonly relations: readonly RelationId[];
  readonly edges: readonly JoinEdge[];
  readonly baked: readonly BoundExpr[];
  readonly keys: readonly BoundExpr[];
  readonly measures: readonly BoundExpr[];
  /** Thread time in the window of the templates behind it. */
  readonly cpuMs: number;
  /** Whether some of these statements are asked by clients that a road leads to the mart. */
  readonly hasRoad: boolean;
}

/** A block's node, or why it has none. Blocks that do not aggregate have none and need no reason. */
export function aggregateNode(
  block: StarBlock,
  { cpuMs, hasRoad }: Pick<AggregateNode, 'cpuMs' | 'hasRoad'>,
): AggregateNode | { readonly because: string } | undefined {
  if (block.groupBy === undefined) {
    return undefined;
  }
  const calls = aggregatesOf([block.items, block.having, block.orderBy]);
  const keys: BoundExpr[] = [];
  const measures: BoundExpr[] = [COUNT_ROWS];
  for (const call of calls) {
    const decomposed = decompose(call);
    if ('because' in decomposed) {
      return decomposed;
    }
    keys.push(...decomposed.keys);
    measures.push(...decomposed.measures);
  }
  const baked = block.filters.filter((filter) => !hasParameter(filter) && hasLiteral(filter));
  const filtered = block.filters.filter((filter) => !baked.includes(filter)).flatMap(refsOf);
  keys.push(...block.groupBy.flatMap(grainOf), ...filtered);
  return {
    relations: block.relations,
    edges: block.edges,
    baked: distinctExprs(baked).toSorted(byPlace),
    keys: withoutImplied(distinctExprs(keys)).toSorted(byPlace),
    measures: distinctExprs(measures).toSorted(byPlace),
    cpuMs,
    hasRoad,
  };
}

/** Nodes that hold the same, as one. */
export function nodeKey({ relations, edges, baked, keys }: AggregateNode): string {
  return exprKey([relations, edges.map(edgeKey), baked, keys]);
}

/** One node that answers what both do; absent where their joins do not form one tree or their filters differ. */
export function mergeNodes(a: AggregateNode, b: AggregateNode): AggregateNode | undefined {
  // Most pairs of a large workload end here: the rest costs a copy of both.
  if (!a.relations.some((id) => b.relations.includes(id))) {
    return undefined;
  }
  const relations = [...new Set([...a.relations, ...b.relations])].toSorted();
  const edges = [
    ...new Map([...a.edges, ...b.edges].map((edge) => [edgeKey(edge), edge])).values(),
  ].toSorted((x, y) => (edgeKey(x) < edgeKey(y) ? -1 : 1));
  if (edges.length !== relations.length - 1) {
    return undefined;
  }
  const [one, two] = [a, b].map(({ relations: from, baked, keys, measures }) =>
    renumber({ baked, keys, measures }, { from, to: relations }),
  );
  if (one === undefined || two === undefined || exprKey(one.baked) !== exprKey(two.baked)) {
    return undefined;
  }
  return {
    relations,
    edges,
    baked: one.baked,
    keys: withoutImplied(distinctExprs([...one.keys, ...two.keys])).toSorted(byPlace),
    measures: distinctExprs([...one.measures, ...two.measures]).toSorted(byPlace),
    cpuMs: a.cpuMs + b.cpuMs,
    hasRoad: a.hasRoad || b.hasRoad,
  };
}

const COUNT_ROWS = aggregate('count', [{ kind: 'star', except: [], replace: [], rename: [] }]);

interface Decomposed {
  readonly keys: readonly BoundExpr[];
  readonly measures: readonly BoundExpr[];
}

function decompose(call: Call): Decomposed | { readonly because: string } {
  const { name, args, distinct, filter, orderBy, modifiers } = call;
  const [argument] = args;
  if (filter !== undefined || orderBy.length > 0 || modifiers.length > 0 || args.length > 1) {
    return { because: `${name} with FILTER, ORDER BY or several arguments is not rolled up` };
  }
  if (argument === undefined || argument.kind === 'star') {
    return name === 'count' || name === 'count_star'
      ? { keys: [], measures: [COUNT_ROWS] }
      : { because: `${name} without an argument is not rolled up` };
  }
  if (distinct && (name === 'count' || name === 'sum' || name === 'avg')) {
    return { keys: grainOf(argument), measures: [] };
  }
  const conditional = hasParameter(argument) ? conditionalOf(call) : undefined;
  if (conditional !== undefined) {
    // The rows it takes are whole groups where the columns of its condition are keys; what it adds for others is nothing.
    const taken = decompose(conditional.plain);
    return 'because' in taken
      ? taken
      : { ...taken, keys: [...refsOf(conditional.condition), ...taken.keys] };
  }
  if (hasParameter(argument)) {
    return {
      because: `${name} over an expression with a constant that differs from run to run is not rolled up`,
    };
  }
  switch (name) {
    case 'sum':
    case 'min':
    case 'max':
    case 'count':
      return { keys: [], measures: [aggregate(name, [argument])] };
    case 'avg':
    case 'mean':
      return { keys: [], measures: [aggregate('sum', [argument]), aggregate('count', [argument])] };
    default:
      return { because: `${name} cannot be rolled up from a coarser grain` };
  }
}

/** An expression is kept whole, unless a constant in it differs from run to run: then its columns are. */
function grainOf(expr: BoundExpr): readonly BoundExpr[] {
  if (refsOf(expr).length === 0) {
    return [];
  }
  return hasParameter(expr) ? refsOf(expr) : [expr];
}

/** A key computed from columns that are keys themselves adds no groups and can be computed again. */
function withoutImplied(keys: readonly BoundExpr[]): readonly BoundExpr[] {
  const columns = new Set(keys.filter(({ kind }) => kind === 'ref').map(exprKey));
  return keys.filter(
    (key) =>
      key.kind === 'ref' ||
      !refsOf(key).every(({ occ, column }) => columns.has(exprKey(refTo(occ, column)))),
  );
}

function aggregate(name: string, args: readonly BoundExpr[]): Call {
  return { kind: 'call', name, args, distinct: false, orderBy: [], modifiers: [] };
}
