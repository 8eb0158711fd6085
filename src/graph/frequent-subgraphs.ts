import type { RelationId } from '../base/relation.ts';
import type { Decay } from '../usage/decay.ts';
import type { UsageSnapshot } from '../usage/template.ts';
import { type TemplateUse, useByTemplate } from '../usage/template-use.ts';
import { addBit, type Bitset, emptyBitset, intersect, isSubset, membersOf } from './bitset.ts';
import { type JoinEdge, joinEdgesOf } from './join-edge.ts';
import type { JoinGraph } from './join-graph.ts';

/** Relations joined the same way by every one of these templates; maximal among the sets they share. */
export interface JoinSet {
  /** Sorted. */
  readonly relations: readonly RelationId[];
  /** In order of key; empty for a relation on its own. */
  readonly edges: readonly JoinEdge[];
  /** Sorted. */
  readonly fingerprints: readonly string[];
  readonly runs: number;
  /** Of the whole statements. */
  readonly cpuMs: number;
  /** Distinct readers, and distinct UTC days with a run. */
  readonly readers: number;
  readonly days: number;
}

export interface FrequentOptions {
  /** Least share of the window's cost (of its runs where the history tells no cost), 0..1. */
  readonly minShare: number;
  /** How many sets at most, the costliest first. */
  readonly limit: number;
  /** As the graph's: then what was added up for the graph is not added up again. Sets themselves do not decay. */
  readonly decay?: Decay | undefined;
}

/**
 * The closed connected join sets above the share, costliest first, ties by their edges.
 *
 * Support is the cost of the templates that contain the set, which only falls as a set grows; so sets are grown from the
 * costliest on, each closed at once (every further join its templates share and that hangs together with it
 * is taken in), and the search ends when the limit is reached.
 */
export function frequentJoinSets(
  graph: JoinGraph,
  usage: UsageSnapshot,
  options: FrequentOptions,
): readonly JoinSet[] {
  const users = usersOf(usage, options);
  const least = options.minShare * total(users);
  const items = indexed(itemsOf(graph, users, least));
  const found: Grown[] = [];
  const waiting = new Map<string, Grown>();
  const seen = new Set<string>();

  function offer(edges: Bitset, templates: Bitset): void {
    const weight = weigh(users, templates);
    if (weight < least || weight <= 0) {
      return;
    }
    const grown = closed(items, { edges, templates, weight });
    const name = grown.edges.join();
    if (!seen.has(name)) {
      seen.add(name);
      waiting.set(name, grown);
    }
  }

  items.all.forEach((item, at) => {
    offer(single(items.all.length, at), item.templates);
  });
  while (waiting.size > 0 && found.length < options.limit) {
    const [name, next] = costliest(waiting, items);
    waiting.delete(name);
    found.push(next);
    for (const at of neighbours(items, next.edges)) {
      const item = items.all[at];
      if (item !== undefined) {
        offer(withBit(next.edges, at), intersect(next.templates, item.templates));
      }
    }
  }
  return found.map((grown) => joinSetOf(grown, items, users));
}

/** Relations that are read often enough, each as a set without joins: what an aggregate over one table starts from. */
export function frequentRelations(
  usage: UsageSnapshot,
  options: FrequentOptions,
): readonly JoinSet[] {
  const users = usersOf(usage, options);
  const least = options.minShare * total(users);
  const readersOf = new Map<RelationId, User[]>();
  for (const user of users) {
    for (const relation of user.relations) {
      const list = readersOf.get(relation) ?? [];
      readersOf.set(relation, list);
      list.push(user);
    }
  }
  return [...readersOf]
    .map(([relation, list]) => ({ relation, list, weight: total(list) }))
    .filter(({ weight }) => weight >= least && weight > 0)
    .toSorted((a, b) => b.weight - a.weight || (a.relation < b.relation ? -1 : 1))
    .slice(0, options.limit)
    .map(({ relation, list }) => ({ relations: [relation], edges: [], ...summed(list) }));
}

/** A template with use in the window. */
interface User {
  readonly use: TemplateUse;
  readonly edges: readonly JoinEdge[];
  readonly relations: readonly RelationId[];
  readonly weight: number;
}

/** A join that is frequent by itself, and the users that have it. */
interface Item {
  readonly edge: JoinEdge;
  readonly templates: Bitset;
}

/** The joins in order of key, and which of them touch a relation. */
interface Items {
  readonly all: readonly Item[];
  readonly touching: ReadonlyMap<RelationId, readonly number[]>;
}

interface Grown {
  readonly edges: Bitset;
  readonly templates: Bitset;
  readonly weight: number;
}

function usersOf(usage: UsageSnapshot, { decay }: FrequentOptions): readonly User[] {
  const uses = useByTemplate(usage.facts, decay ?? { now: usage.until, halfLifeDays: 1 });
  const isCosted = [...uses.values()].some(({ cpuMs }) => cpuMs > 0);
  return usage.templates
    .flatMap((template) => {
      const use = uses.get(template.fingerprint);
      return use === undefined
        ? []
        : [
            {
              use,
              edges: joinEdgesOf(template.shape),
              relations: [...new Set(template.shape.relations.map(({ relation }) => relation))],
              weight: isCosted ? use.cpuMs : use.runs,
            },
          ];
    })
    .toSorted((a, b) => (a.use.fingerprint < b.use.fingerprint ? -1 : 1));
}

function itemsOf(graph: JoinGraph, users: readonly User[], least: number): readonly Item[] {
  const templates = new Map<string, Bitset>();
  users.forEach((user, at) => {
    for (const { key } of user.edges) {
      const bits = templates.get(key) ?? emptyBitset(users.length);
      templates.set(key, bits);
      addBit(bits, at);
    }
  });
  return graph
    .mapEdges((key, { edge }) => ({ edge, templates: templates.get(key) ?? emptyBitset(0) }))
    .filter((item) => weigh(users, item.templates) >= least)
    .toSorted((a, b) => (a.edge.key < b.edge.key ? -1 : 1));
}

function indexed(all: readonly Item[]): Items {
  const touching = new Map<RelationId, number[]>();
  all.forEach(({ edge }, at) => {
    for (const relation of new Set([edge.left, edge.right])) {
      const list = touching.get(relation) ?? [];
      touching.set(relation, list);
      list.push(at);
    }
  });
  return { all, touching };
}

/** Takes in every join that all templates of the set have and that touches it. */
function closed(items: Items, grown: Grown): Grown {
  let edges = grown.edges;
  for (let before = edges; ; before = edges) {
    for (const at of neighbours(items, edges)) {
      const item = items.all[at];
      if (item !== undefined && isSubset(grown.templates, item.templates)) {
        edges = withBit(edges, at);
      }
    }
    if (edges === before) {
      return { ...grown, edges };
    }
  }
}

/** Joins not in the set that share a relation with it, in order. */
function neighbours(items: Items, edges: Bitset): readonly number[] {
  const members = new Set(membersOf(edges));
  const touching = new Set<number>();
  for (const relation of relationsIn(items, edges)) {
    for (const at of items.touching.get(relation) ?? []) {
      if (!members.has(at)) {
        touching.add(at);
      }
    }
  }
  return [...touching].toSorted((a, b) => a - b);
}

function relationsIn(items: Items, edges: Bitset): ReadonlySet<RelationId> {
  return new Set(edgesIn(items, edges).flatMap(({ left, right }) => [left, right]));
}

function edgesIn(items: Items, edges: Bitset): readonly JoinEdge[] {
  return membersOf(edges).flatMap((at) => items.all[at]?.edge ?? []);
}

function costliest(waiting: ReadonlyMap<string, Grown>, items: Items): [string, Grown] {
  const [first, ...others] = waiting;
  if (first === undefined) {
    throw new RangeError('no set is waiting');
  }
  return others.reduce(
    (best, entry) => (comesBefore(entry[1], best[1], items) ? entry : best),
    first,
  );
}

function comesBefore(a: Grown, b: Grown, items: Items): boolean {
  if (a.weight !== b.weight) {
    return a.weight > b.weight;
  }
  return edgeText(items, a.edges) < edgeText(items, b.edges);
}

function edgeText(items: Items, edges: Bitset): string {
  return edgesIn(items, edges)
    .map(({ key }) => key)
    .join('\n');
}

function joinSetOf(grown: Grown, items: Items, users: readonly User[]): JoinSet {
  const members = membersOf(grown.templates).flatMap((at) => users[at] ?? []);
  return {
    relations: [...relationsIn(items, grown.edges)].toSorted(),
    edges: edgesIn(items, grown.edges),
    ...summed(members),
  };
}

function summed(users: readonly User[]): Omit<JoinSet, 'relations' | 'edges'> {
  return {
    fingerprints: users.map(({ use }) => use.fingerprint),
    runs: users.reduce((sum, { use }) => sum + use.runs, 0),
    cpuMs: users.reduce((sum, { use }) => sum + use.cpuMs, 0),
    readers: unionSize(users.map(({ use }) => use.readers)),
    days: unionSize(users.map(({ use }) => use.days)),
  };
}

function unionSize(sets: readonly ReadonlySet<string>[]): number {
  return new Set(sets.flatMap((set) => [...set])).size;
}

function total(users: readonly User[]): number {
  return users.reduce((sum, { weight }) => sum + weight, 0);
}

function weigh(users: readonly User[], templates: Bitset): number {
  return membersOf(templates).reduce((sum, at) => sum + (users[at]?.weight ?? 0), 0);
}

function single(size: number, at: number): Bitset {
  return withBit(emptyBitset(size), at);
}

function withBit(bits: Bitset, at: number): Bitset {
  const copy = bits.slice();
  addBit(copy, at);
  return copy;
}
