import type { RelationId } from '../../base/relation.ts';
import type { CertificateEntry, MissReason } from '../../marts/certificate.ts';
import type { Facts } from '../../marts/facts.ts';
import type { MartColumn } from '../../marts/mart.ts';
import type { BoundExpr } from '../bound.ts';
import type { Block, NormalQuery } from '../normal-query.ts';
import { isConstant } from '../normalize/conjuncts.ts';
import { exprKey } from '../normalize/expr-key.ts';
import { someExpr } from '../normalize/walk.ts';
import { martUnfit } from './certain.ts';
import type { Cluster } from './cluster.ts';
import { clusterOf } from './cluster.ts';
import type { ColumnTypes, Sources } from './column-types.ts';
import { familyOf, sourcesOfTree, typeOf } from './column-types.ts';
import { settledPart } from './settled-part.ts';
import type { Cut } from './whole-key.ts';
import { cutOf, wholeKey } from './whole-key.ts';

/** A mart as the matcher sees it. */
export interface MartView {
  readonly relation: RelationId;
  readonly query: NormalQuery;
  /** The mart's columns, parallel to `query.outputs`. */
  readonly columns: readonly MartColumn[];
  readonly facts: Facts;
  /**
   * True where whoever serves the answer sees to it that all it reads is of one moment (`Certificate.oneMoment`), so that it
   * may read base tables or other marts beside this one. Absent means no: such an answer could mix two moments.
   */
  readonly sameSnapshot?: boolean;
}

/** A block with its sources as sets, DISTINCT turned to grouping. */
export interface PreparedBlock {
  readonly block: Block;
  readonly cluster: Cluster;
  readonly sources: Sources;
  readonly groupBy: readonly BoundExpr[] | undefined;
  /** DISTINCT that grouping does not say already. */
  readonly distinct: boolean;
  /** What was turned to inner joins, and the facts that say so. */
  readonly turned: readonly CertificateEntry[];
}

export interface PreparedMart {
  readonly view: MartView;
  /** Equal keys, equal answers; sources are named as the mart's definition names them. */
  readonly wholeKey: string;
  /** It keeps the rows its order and limit choose: it is only the same question, limit and all. */
  readonly isLimited: boolean;
  /** The rows that limit keeps, where it is plain. */
  readonly cut: Cut | undefined;
  /** Absent for marts that are only reused whole. */
  readonly prepared: PreparedBlock | undefined;
  /** Outputs whose column surely holds them, by position, for a block that reads some of them. */
  readonly usable: readonly boolean[];
  /** As `usable`, for a query that is the whole definition. */
  readonly usableWhole: readonly boolean[];
  readonly unfit: MissReason | undefined;
}

export function prepareBlock(block: Block): PreparedBlock {
  const keys = block.items.map((item) => item.expr).filter((expr) => !isConstant(expr));
  const hasWindow = block.items.some(({ expr }) =>
    someExpr(expr, (part) => part.kind === 'call' && part.over !== undefined),
  );
  const groups = block.distinct && block.groupBy === undefined && keys.length > 0 && !hasWindow;
  return {
    block,
    cluster: clusterOf(block.from),
    sources: sourcesOfTree(block.from),
    groupBy: groups ? uniqueExprs(keys) : uniqueGroups(block),
    distinct: !groups && block.distinct && !hasAllKeys(block),
    turned: [],
  };
}

/** True when no two groups can give the same row, so DISTINCT changes nothing. */
function hasAllKeys({ groupBy, groupingSets, items }: Block): boolean {
  const given = new Set(items.map((item) => exprKey(item.expr)));
  return (
    groupBy !== undefined &&
    groupingSets === undefined &&
    groupBy.every((expr) => given.has(exprKey(expr)))
  );
}

function uniqueGroups(block: Block): readonly BoundExpr[] | undefined {
  return block.groupBy === undefined || block.groupingSets !== undefined
    ? block.groupBy
    : uniqueExprs(block.groupBy);
}

function uniqueExprs(exprs: readonly BoundExpr[]): readonly BoundExpr[] {
  return [...new Map(exprs.map((expr) => [exprKey(expr), expr])).values()];
}

/** Occurrences of marts start here, so that they never meet those of a query. */
const MART_OCCURRENCES = 1_000_000;

export function prepareMart(view: MartView, types: ColumnTypes): PreparedMart {
  const query = shiftOccurrences(view.query, MART_OCCURRENCES);
  const isLimited = query.limit !== undefined || query.offset !== undefined;
  const settled = settledPart(query, types);
  const { body } = settled.query;
  const isMatchable = body.kind === 'block' && body.block.barriers.length === 0 && !isLimited;
  const block =
    isMatchable && query.body.kind === 'block'
      ? prepareBlock({ ...query.body.block, barriers: [] })
      : undefined;
  // DISTINCT over what is grouped otherwise has lost rows that nothing tells.
  const prepared = block?.distinct === true ? undefined : block;
  const stored = usableOutputs(view, { query, types });
  return {
    view,
    wholeKey: wholeKey(isLimited ? query : { ...query, orderBy: [] }),
    cut: cutOf(query),
    isLimited,
    prepared,
    usable: stored.map(
      (isStored, index) => isStored && [undefined, 'set'].includes(settled.loose.get(index)),
    ),
    usableWhole: stored.map(
      (isStored, index) => isStored && [undefined, 'whole'].includes(settled.loose.get(index)),
    ),
    unfit: martUnfit(settled.query, { types, facts: view.facts }),
  };
}

/** A column cannot stand for its expression when another has its name, or when it was stored in another type. */
function usableOutputs(
  { columns, query: { outputs } }: MartView,
  { query, types }: { readonly query: NormalQuery; readonly types: ColumnTypes },
): readonly boolean[] {
  const names = columns.map((column) => column.name.toLowerCase());
  return outputs.map((_output, index) => {
    const column = columns[index];
    const isNamed =
      column !== undefined &&
      names.indexOf(column.name.toLowerCase()) === names.lastIndexOf(column.name.toLowerCase());
    if (!isNamed) {
      return false;
    }
    const item = query.body.kind === 'block' ? query.body.block.items[index] : undefined;
    const expected =
      item === undefined || query.body.kind !== 'block'
        ? undefined
        : typeOf(item.expr, { types, sources: sourcesOfTree(query.body.block.from) });
    return keepsValues(expected, column.type.toLowerCase());
  });
}

function keepsValues(expected: string | undefined, stored: string): boolean {
  if (expected === undefined || stored === '') {
    return true;
  }
  const family = familyOf(expected);
  if (family !== familyOf(stored)) {
    return family === 'unknown';
  }
  const isSized = family === 'decimal' && expected.includes('(') && stored.includes('(');
  return !isSized || scaleOf(expected) === scaleOf(stored);
}

function scaleOf(type: string): string {
  return /,\s*(\d+)/.exec(type)?.[1] ?? '0';
}

/** The same plain data with every occurrence number moved. */
function shiftOccurrences(query: NormalQuery, by: number): NormalQuery {
  return shift(query, by) as NormalQuery;
}

function shift(value: unknown, by: number): unknown {
  if (Array.isArray(value)) {
    return value.map((member) => shift(member, by));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name === 'occ' && typeof member === 'number' ? member + by : shift(member, by),
    ]),
  );
}
