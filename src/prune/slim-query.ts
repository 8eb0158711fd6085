import type { RelationId } from '../base/relation.ts';
import type { Facts } from '../marts/facts.ts';
import type { BoundExpr } from '../sql/bound.ts';
import { type Cluster, clusterOf, type Leaf, occurrencesIn, treeOf } from '../sql/match/cluster.ts';
import { type ColumnTypes, sourcesOfTree, type TypeScope } from '../sql/match/column-types.ts';
import { leafKeepsRows, satelliteKeepsRows } from '../sql/match/keeps-rows.ts';
import type { Block, JoinTree, NormalQuery } from '../sql/normal-query.ts';
import { refsIn } from '../sql/normalize/walk.ts';
import { groupedKeepsRows } from './grouped-keeps-rows.ts';
import { makesRows } from './makes-rows.ts';
import { nextOccurrence } from './next-occurrence.ts';

/** A definition without what only its pruned attributes needed. Row for row the same on the attributes that stay. */
export interface SlimQuery {
  readonly query: NormalQuery;
  /** Joins that are gone, and the facts that say that they neither multiplied nor lost rows. */
  readonly removed: readonly RemovedJoin[];
}

export interface RemovedJoin {
  readonly relations: readonly RelationId[];
  readonly facts: readonly string[];
}

export interface SlimParts {
  /** Output names that stay, in any order. */
  readonly keep: ReadonlySet<string>;
  /** What the removal of a join may rest on. */
  readonly facts: Facts;
  readonly types: ColumnTypes;
}

/**
 * Leaves out of a definition what nobody who reads the kept attributes could notice: select items, left joins on a unique
 * key, inner joins that find exactly one row, columns of derived tables and CTEs, and sorts without a limit.
 * A query whose rows depend on all of its columns (DISTINCT, UNION, UNNEST in its list, what blocks cannot say) is kept whole and narrowed outside.
 */
export function slimQuery(query: NormalQuery, parts: SlimParts): SlimQuery {
  const positions = query.outputs.flatMap((name, at) => (parts.keep.has(name) ? [at] : []));
  return slimAt(query, { ...parts, positions: new Set(positions) });
}

type SlimAt = Omit<SlimParts, 'keep'> & {
  /** Of the outputs that stay: two may have one name. */
  readonly positions: ReadonlySet<number>;
};

function slimAt(query: NormalQuery, parts: SlimAt): SlimQuery {
  const { body } = query;
  const outputs = query.outputs.filter((_, at) => parts.positions.has(at));
  if (body.kind === 'block' && !body.block.distinct && !losesRows(body.block, parts.positions)) {
    return slimBlock(query, { ...parts, block: body.block });
  }
  if (body.kind === 'set' && body.op === 'union' && body.all && !isCut(query)) {
    const left = slimAt(body.left, parts);
    const right = slimAt(body.right, parts);
    return {
      query: { body: { ...body, left: left.query, right: right.query }, outputs, orderBy: [] },
      removed: [...left.removed, ...right.removed],
    };
  }
  return { query: narrowed(query, outputs), removed: [] };
}

/** An item that makes a row for each element of a list cannot go. */
function losesRows({ items }: Block, positions: ReadonlySet<number>): boolean {
  return items.some(({ expr }, at) => !positions.has(at) && makesRows(expr));
}

/** LIMIT and OFFSET keep rows by their order, so the order stays. */
function isCut({ limit, offset }: NormalQuery): boolean {
  return limit !== undefined || offset !== undefined;
}

function narrowed(query: NormalQuery, kept: readonly string[]): NormalQuery {
  const occ = nextOccurrence(query);
  const block: Block = {
    from: { kind: 'query', occ, query },
    where: [],
    having: [],
    items: kept.map((name) => ({ name, expr: { kind: 'ref', occ, column: name } })),
    distinct: false,
    barriers: [],
  };
  return { body: { kind: 'block', block }, outputs: kept, orderBy: [] };
}

function slimBlock(
  query: NormalQuery,
  { block, positions, facts, types }: SlimAt & { readonly block: Block },
): SlimQuery {
  const items = block.items.flatMap((item, at) =>
    positions.has(at) ? [{ ...item, name: query.outputs[at] ?? item.name }] : [],
  );
  const orderBy = isCut(query) ? query.orderBy : [];
  const scope: TypeScope = { types, sources: sourcesOfTree(block.from) };
  const used = [
    ...items.map(({ expr }) => expr),
    ...(block.groupBy ?? []),
    ...block.having,
    ...orderBy.map(({ expr }) => expr),
  ];
  const peeled = peelJoins(clusterOf(block.from), { where: block.where, used, facts, scope });
  const wanted = [...used, ...peeled.where, ...onOfCluster(peeled.cluster)];
  const from = narrowSources(treeOf(peeled.cluster), { wanted, facts, types });
  return {
    query: {
      ...query,
      body: { kind: 'block', block: { ...block, from: from.tree, where: peeled.where, items } },
      outputs: items.map(({ name }) => name),
      orderBy,
    },
    removed: [...peeled.removed, ...from.removed],
  };
}

interface Peeling {
  readonly cluster: Cluster;
  readonly where: readonly BoundExpr[];
  readonly removed: readonly RemovedJoin[];
}

interface PeelParts {
  readonly where: readonly BoundExpr[];
  /** Everything but join conditions that reads sources. */
  readonly used: readonly BoundExpr[];
  readonly facts: Facts;
  readonly scope: TypeScope;
}

/** One join after the other, until none can go: one that is gone may have been the only reader of another. */
function peelJoins(cluster: Cluster, { where, used, facts, scope }: PeelParts): Peeling {
  let now: Peeling = { cluster, where, removed: [] };
  for (;;) {
    const next =
      withoutSatellite(now, { used, facts, scope }) ?? withoutLeaf(now, { used, facts, scope });
    if (next === undefined) {
      return now;
    }
    now = next;
  }
}

type Readers = Omit<PeelParts, 'where'>;

function withoutSatellite(
  { cluster, where, removed }: Peeling,
  { used, facts, scope }: Readers,
): Peeling | undefined {
  for (const satellite of cluster.satellites) {
    const others = cluster.satellites.filter((each) => each !== satellite);
    const own = new Set(occurrencesIn(satellite.right));
    const rest: Cluster = { leaves: cluster.leaves, satellites: others };
    const isRead = readsAny([...used, ...where, ...onOfCluster(rest)], own);
    const lossless =
      satellite.join !== 'left' || isRead
        ? undefined
        : (satelliteKeepsRows(satellite, { facts, scope }) ??
          groupedKeepsRows(satellite, { facts, scope }));
    if (lossless !== undefined) {
      const gone = { relations: relationsOf(satellite.right), facts: lossless.facts };
      return { cluster: rest, where, removed: [...removed, gone] };
    }
  }
  return undefined;
}

function withoutLeaf(
  { cluster, where, removed }: Peeling,
  { used, facts, scope }: Readers,
): Peeling | undefined {
  const notNull = notNullOf(cluster.leaves, facts);
  for (const leaf of cluster.leaves.length > 1 ? cluster.leaves : []) {
    if (leaf.kind !== 'table') {
      continue;
    }
    const rest: Cluster = {
      leaves: cluster.leaves.filter((each) => each !== leaf),
      satellites: cluster.satellites,
    };
    const isRead = readsAny([...used, ...onOfCluster(rest)], new Set([leaf.occ]));
    const lossless = isRead
      ? undefined
      : leafKeepsRows(leaf, { facts, scope, conditions: where, notNull });
    if (lossless !== undefined && !lossless.multiplies) {
      const gone = { relations: [leaf.relation], facts: lossless.facts };
      return {
        cluster: rest,
        where: where.filter((condition) => !lossless.conditions.includes(condition)),
        removed: [...removed, gone],
      };
    }
  }
  return undefined;
}

function notNullOf(leaves: readonly Leaf[], facts: Facts): ReadonlySet<string> {
  return new Set(
    leaves.flatMap((leaf) =>
      leaf.kind === 'table'
        ? facts.notNull
            .filter(({ relation }) => relation === leaf.relation)
            .map(({ column }) => `${leaf.occ}.${column}`)
        : [],
    ),
  );
}

function readsAny(exprs: readonly BoundExpr[], occs: ReadonlySet<number>): boolean {
  return exprs.some((expr) => refsIn(expr).some(({ occ }) => occs.has(occ)));
}

function onOfCluster({ leaves, satellites }: Cluster): readonly BoundExpr[] {
  return [
    ...leaves.flatMap((leaf) =>
      leaf.kind === 'full'
        ? [...leaf.on, ...onOfCluster(leaf.left), ...onOfCluster(leaf.right)]
        : [],
    ),
    ...satellites.flatMap(({ on, right }) => [...on, ...onOfCluster(right)]),
  ];
}

function relationsOf({ leaves, satellites }: Cluster): readonly RelationId[] {
  return [
    ...leaves.flatMap((leaf) => (leaf.kind === 'table' ? [leaf.relation] : [])),
    ...satellites.flatMap(({ right }) => relationsOf(right)),
  ];
}

interface Narrowing {
  readonly tree: JoinTree;
  readonly removed: readonly RemovedJoin[];
}

/** Derived tables and CTEs give only the columns that are still asked of them. */
function narrowSources(
  tree: JoinTree,
  parts: {
    readonly wanted: readonly BoundExpr[];
    readonly facts: Facts;
    readonly types: ColumnTypes;
  },
): Narrowing {
  switch (tree.kind) {
    case 'none':
    case 'table':
      return { tree, removed: [] };
    case 'query': {
      const keep = new Set(
        parts.wanted
          .flatMap(refsIn)
          .filter(({ occ }) => occ === tree.occ)
          .map(({ column }) => column),
      );
      if (keep.size === 0) {
        return { tree, removed: [] };
      }
      const slim = slimQuery(tree.query, { ...parts, keep });
      return { tree: { ...tree, query: slim.query }, removed: slim.removed };
    }
    case 'inner': {
      const members = tree.members.map((member) => narrowSources(member, parts));
      return {
        tree: { ...tree, members: members.map((member) => member.tree) },
        removed: members.flatMap((member) => member.removed),
      };
    }
    case 'outer': {
      const left = narrowSources(tree.left, parts);
      const right = narrowSources(tree.right, parts);
      return {
        tree: { ...tree, left: left.tree, right: right.tree },
        removed: [...left.removed, ...right.removed],
      };
    }
  }
}
