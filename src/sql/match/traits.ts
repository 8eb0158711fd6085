import type { RelationId } from '../../base/relation.ts';
import type { BoundExpr } from '../bound.ts';
import { isAggregate } from '../normalize/functions.ts';
import type { Call } from '../normalize/walk.ts';
import { partsOf, queryIn, refsIn } from '../normalize/walk.ts';
import type { BitSet } from './bit-sets.ts';
import { bitSetOf, isWithin, overlaps } from './bit-sets.ts';
import type { Cluster } from './cluster.ts';
import type { Sources } from './column-types.ts';
import type { PreparedBlock, PreparedMart } from './prepared.ts';

/** What a mart's block surely offers and demands, as sets of columns told by relation, whatever occurrence. */
export interface MartTraits {
  readonly tables: BitSet;
  readonly isGrouped: boolean;
  /** Columns some output that is a value of rows or keys is made of, and their equals. */
  readonly rowColumns: BitSet;
  /** As `rowColumns`, with those inside aggregates. */
  readonly columns: BitSet;
  /** Columns its conditions read. */
  readonly conditioned: BitSet;
  /** Its conditions on one table each: the query must have a condition on one of their columns. */
  readonly demands: readonly Need[];
}

/** One of these columns is needed. */
export interface Need {
  readonly anyOf: BitSet;
  readonly column: string;
  /** The one table it is a column of. */
  readonly table: BitSet;
}

export interface QueryTraits {
  readonly tables: BitSet;
  readonly isGrouped: boolean;
  /** Needed as values of rows or keys. */
  readonly rowNeeds: readonly Need[];
  /** Needed at least inside an aggregate. */
  readonly needs: readonly Need[];
  readonly filters: readonly { readonly reads: BitSet; readonly needs: readonly Need[] }[];
  readonly conditioned: BitSet;
}

/** Why a mart cannot answer, found without trying: the step it would fail at, and the column it is about. */
export interface Lack {
  readonly kind: 'predicate' | 'filter' | 'rows' | 'column';
  readonly column: string;
}

/** The numbers of names: of a column as `relation column`. */
export interface TraitScope {
  readonly columnOf: (name: string) => number;
  readonly tableOf: (name: string) => number;
}

export function traitsOfMart(
  { prepared, usable }: PreparedMart,
  scope: TraitScope,
): MartTraits | undefined {
  if (prepared === undefined) {
    return undefined;
  }
  const { block, sources } = prepared;
  const reader = columnReader(prepared, scope);
  const given = block.items.filter((_item, index) => usable[index] === true);
  const isMeasure = (expr: BoundExpr): boolean =>
    isAggregate(expr) || partsOf(expr).some(isMeasure) || queryIn(expr) !== undefined;
  const rows = given.filter((item) => !isMeasure(item.expr)).map((item) => item.expr);
  return {
    tables: bitSetOf(tablesIn(sources).map((table) => scope.tableOf(table))),
    isGrouped: prepared.groupBy !== undefined,
    rowColumns: bitSetOf(rows.flatMap(reader.allOf)),
    columns: bitSetOf(given.flatMap((item) => reader.allOf(item.expr))),
    conditioned: bitSetOf(conditionsOf(prepared).flatMap(reader.allOf)),
    demands: block.where.flatMap((condition) => {
      const needs = isJoin(condition) || condition.kind === 'is' ? [] : reader.needsOf(condition);
      const [first] = needs;
      const isOnOneTable =
        first !== undefined && needs.every((need) => isWithin(need.table, first.table));
      return first === undefined || !isOnOneTable
        ? []
        : [{ ...first, anyOf: bitSetOf(reader.allOf(condition)) }];
    }),
  };
}

export function traitsOfQuery(
  query: PreparedBlock,
  { orderBy, scope }: { readonly orderBy: readonly BoundExpr[]; readonly scope: TraitScope },
): QueryTraits {
  const { block, sources } = query;
  const reader = columnReader(query, scope);
  const outputs = [...block.items.map((item) => item.expr), ...block.having, ...orderBy];
  const bare = outputs.flatMap(outsideAggregates);
  const inside = outputs.flatMap(aggregatesIn).filter((call) => !countsColumn(call));
  const conditions = conditionsOf(query);
  return {
    tables: bitSetOf(tablesIn(sources).map((table) => scope.tableOf(table))),
    isGrouped: query.groupBy !== undefined,
    rowNeeds: [...bare, ...(query.groupBy ?? [])].flatMap(reader.needsOf),
    needs: inside.flatMap(reader.needsOf),
    filters: block.where
      .filter((condition) => condition.kind !== 'is' && !isJoin(condition))
      .map((condition) => ({
        reads: bitSetOf(reader.allOf(condition)),
        needs: reader.needsOf(condition),
      })),
    conditioned: bitSetOf(conditions.flatMap(reader.allOf)),
  };
}

/** What a mart surely lacks for a query over the same tables; nothing where only trying can tell. */
export function lackOf(mart: MartTraits, query: QueryTraits): Lack | undefined {
  const demand = mart.demands.find(
    (each) => isWithin(each.table, query.tables) && !overlaps(each.anyOf, query.conditioned),
  );
  if (demand !== undefined) {
    return { kind: 'predicate', column: demand.column };
  }
  const isHere = (need: Need): boolean => overlaps(need.table, mart.tables);
  for (const filter of query.filters) {
    const open = overlaps(filter.reads, mart.conditioned)
      ? undefined
      : filter.needs.find((need) => isHere(need) && !overlaps(need.anyOf, mart.rowColumns));
    if (open !== undefined) {
      return { kind: 'filter', column: open.column };
    }
  }
  if (mart.isGrouped && !query.isGrouped) {
    return { kind: 'rows', column: '' };
  }
  const missing =
    query.rowNeeds.find((need) => isHere(need) && !overlaps(need.anyOf, mart.rowColumns)) ??
    query.needs.find((need) => isHere(need) && !overlaps(need.anyOf, mart.columns));
  return missing === undefined ? undefined : { kind: 'column', column: missing.column };
}

interface ColumnReader {
  /** Numbers of all columns an expression reads, and of their equals. */
  readonly allOf: (expr: BoundExpr) => readonly number[];
  readonly needsOf: (expr: BoundExpr) => readonly Need[];
}

/** Reads columns by relation; those of subqueries are not looked at. */
function columnReader(block: PreparedBlock, { columnOf, tableOf }: TraitScope): ColumnReader {
  const nameOf = (ref: { readonly occ: number; readonly column: string }) => {
    const source = block.sources.get(ref.occ);
    return source?.kind === 'table'
      ? { table: source.relation, name: `${source.relation} ${ref.column}` }
      : undefined;
  };
  const classes = new Map<string, Set<string>>();
  for (const condition of conditionsOf(block)) {
    if (isJoin(condition)) {
      const [left, right] = refsIn(condition).map((ref) => nameOf(ref)?.name);
      if (left !== undefined && right !== undefined) {
        const both = new Set([
          ...(classes.get(left) ?? [left]),
          ...(classes.get(right) ?? [right]),
        ]);
        both.forEach((member) => classes.set(member, both));
      }
    }
  }
  const equalsOf = (name: string): readonly number[] =>
    [...(classes.get(name) ?? [name])].map(columnOf);
  const named = (expr: BoundExpr) =>
    refsIn(expr).flatMap((ref) => {
      const name = nameOf(ref);
      return name === undefined ? [] : [{ ...name, column: ref.column }];
    });
  return {
    allOf: (expr) => named(expr).flatMap(({ name }) => equalsOf(name)),
    needsOf: (expr) =>
      named(expr).map(({ name, table, column }) => ({
        anyOf: bitSetOf(equalsOf(name)),
        column,
        table: bitSetOf([tableOf(table)]),
      })),
  };
}

function isJoin(condition: BoundExpr): boolean {
  return (
    condition.kind === 'binary' &&
    (condition.op === '=' || condition.op === 'is not distinct from') &&
    condition.left.kind === 'ref' &&
    condition.right.kind === 'ref'
  );
}

function conditionsOf({ block, cluster }: PreparedBlock): readonly BoundExpr[] {
  return [...block.where, ...onConditions(cluster)];
}

function onConditions({ leaves, satellites }: Cluster): readonly BoundExpr[] {
  return [
    ...leaves.flatMap((leaf) =>
      leaf.kind === 'full'
        ? [...leaf.on, ...onConditions(leaf.left), ...onConditions(leaf.right)]
        : [],
    ),
    ...satellites.flatMap((each) => [...each.on, ...onConditions(each.right)]),
  ];
}

function tablesIn(sources: Sources): readonly RelationId[] {
  return [...sources.values()].flatMap((source) =>
    source.kind === 'table' ? [source.relation] : [],
  );
}

function outsideAggregates(expr: BoundExpr): readonly BoundExpr[] {
  if (isAggregate(expr)) {
    return [];
  }
  return partsOf(expr).some(holdsAggregate) ? partsOf(expr).flatMap(outsideAggregates) : [expr];
}

function holdsAggregate(expr: BoundExpr): boolean {
  return isAggregate(expr) || partsOf(expr).some(holdsAggregate);
}

function aggregatesIn(expr: BoundExpr): readonly Call[] {
  return isAggregate(expr) ? [expr] : partsOf(expr).flatMap(aggregatesIn);
}

/** `count(x)` may be answered by `count(*)`, without `x`. */
function countsColumn(call: Call): boolean {
  return call.name === 'count' && !call.distinct && call.filter === undefined;
}
