import type { RelationId } from '../base/relation.ts';
import { keptFor } from '../sql/match/kept.ts';
import { type AggregateNode, mergeNodes } from './aggregate-node.ts';
import type { GrainKey } from './candidate.ts';
import { exprKey, mapRefs, refsOf, refTo } from './expressions.ts';
import { edgeKey } from './star-block.ts';

/** What two nodes would group by together, told without writing the node they make. */
export interface Union {
  readonly relations: readonly RelationId[];
  /** In the order of the keys that `mergeNodes` gives. */
  readonly grain: readonly GrainKey[];
}

/** Absent where `mergeNodes` makes none. What two nodes make together does not depend on what was measured since. */
export const unionOf = keptFor((one: AggregateNode, two: AggregateNode): Union | undefined => {
  // Most pairs of a large workload end here.
  if (!one.relations.some((id) => two.relations.includes(id))) {
    return undefined;
  }
  const [a, b] = [groundOf(one), groundOf(two)];
  const relations = [...new Set([...one.relations, ...two.relations])].toSorted();
  const edges = a.edges.size + [...b.edges].filter((edge) => !a.edges.has(edge)).length;
  if (edges !== relations.length - 1 || a.baked !== b.baked) {
    return undefined;
  }
  const columns = new Map([...a.columns, ...b.columns]);
  const computed = [...new Map([...a.computed, ...b.computed]).values()].filter(
    ({ names }) => !names.every((name) => columns.has(name)),
  );
  if (computed.length > 1) {
    // Their order is that of their texts in the node.
    const node = mergeNodes(one, two);
    return node && { relations, grain: grainOfNode(node) };
  }
  const plain = [...columns].toSorted(([x], [y]) => (x < y ? -1 : 1)).map(([, key]) => key);
  return { relations, grain: [...plain, ...computed.flatMap(({ grain }) => grain)] };
});

/** The columns a node's keys rest on, in the order of the keys. */
export function grainOfNode({ keys, relations }: AggregateNode): readonly GrainKey[] {
  return keys.flatMap((key) => grainOf(key, relations));
}

/** A node's parts under names that do not depend on which relations stand in it. */
interface Ground {
  readonly edges: ReadonlySet<string>;
  readonly baked: string;
  /** By name. */
  readonly columns: ReadonlyMap<string, GrainKey>;
  /** Keys that are computed, by their text. */
  readonly computed: ReadonlyMap<
    string,
    { readonly grain: readonly GrainKey[]; readonly names: readonly string[] }
  >;
}

function groundOf(node: AggregateNode): Ground {
  const known = GROUNDS.get(node);
  if (known !== undefined) {
    return known;
  }
  const { relations, edges, baked, keys } = node;
  const textOf = (piece: unknown) =>
    exprKey(mapRefs(piece, ({ occ, column }) => refTo(0, nameOf(relations[occ] ?? '', column))));
  const ground: Ground = {
    edges: new Set(edges.map(edgeKey)),
    baked: textOf(baked),
    columns: new Map(
      keys
        .filter(({ kind }) => kind === 'ref')
        .flatMap((key) => grainOf(key, relations))
        .map((each) => [nameOf(each.relation, each.column), each]),
    ),
    computed: new Map(
      keys
        .filter(({ kind }) => kind !== 'ref')
        .map((key) => {
          const grain = grainOf(key, relations);
          const names = grain.map(({ relation, column }) => nameOf(relation, column));
          return [textOf(key), { grain, names }];
        }),
    ),
  };
  GROUNDS.set(node, ground);
  return ground;
}

const GROUNDS = new WeakMap<AggregateNode, Ground>();

function grainOf(
  key: AggregateNode['keys'][number],
  relations: readonly RelationId[],
): readonly GrainKey[] {
  return refsOf(key).flatMap(({ occ, column }) => {
    const relation = relations[occ];
    return relation === undefined ? [] : [{ relation, column, isWhole: key.kind === 'ref' }];
  });
}

/** Sorted as its columns are in a node: by relation, then by column. */
function nameOf(relation: string, column: string): string {
  return `${relation}\0${column}`;
}
