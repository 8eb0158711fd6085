import type { Facts } from '../../marts/facts.ts';
import type { BoundExpr } from '../bound.ts';
import type { Block } from '../normal-query.ts';
import { isAggregate } from '../normalize/functions.ts';
import { toBound } from '../normalize/to-bound.ts';
import { expressionsOf, queryIn, refsIn, someExpr } from '../normalize/walk.ts';
import type { Attempt, BlockHit } from './block-request.ts';
import type { Cluster, Leaf } from './cluster.ts';
import { treeOf } from './cluster.ts';
import type { ColumnTypes, TypeScope } from './column-types.ts';
import { compensate } from './compensate.ts';
import { coverWith } from './cover.ts';
import type { DistinctRows } from './distinct-rows.ts';
import { distinctRows } from './distinct-rows.ts';
import type { Embedding } from './embed.ts';
import { entriesOf, turnedEntries } from './entries.ts';
import { equalitiesOf } from './equalities.ts';
import { notNullColumns, peelExtras } from './extras.ts';
import { groupOver } from './group-over.ts';
import type { Premises } from './implies.ts';
import { premisesOf } from './implies.ts';
import { keptFor } from './kept.ts';
import type { MartOutput, Outputs } from './mart-output.ts';
import { Miss } from './miss.ts';
import { checkConditions, checkContained, checkSources } from './obligations.ts';
import type { PreparedBlock } from './prepared.ts';
import type { Top } from './project-over.ts';
import { projectOver } from './project-over.ts';
import { renameColumn, renamePromotion, renamer } from './rename.ts';
import { looseKeys, tellsApart, withoutApart } from './told-apart.ts';

/**
 * Answers a block from a mart whose sources stand for the block's in a given way.
 *
 * @throws Miss saying what is missing.
 */
export function answerBlock(embedding: Embedding, attempt: Attempt): BlockHit {
  const { martBlock, query, mart, types } = attempt;
  const rename = renamer(embedding);
  const scope = scopeOf({ types, martBlock, query });
  const { facts } = mart.view;
  const missing: Cluster = {
    leaves: embedding.missingLeaves,
    satellites: embedding.missingSatellites,
  };
  const joinsBack = missing.leaves.length + missing.satellites.length > 0;
  checkSources(embedding, { mart, joinsBack });
  checkConditions(embedding, { rename, kept: keptOf(types, facts)(query) });

  const promotedOn = embedding.promoted.flatMap((each) => each.on).map(rename);
  const martWhere = martBlock.block.where.map(rename);
  const coreNotNull = notNullColumns(martBlock.cluster, facts).map((name) =>
    renameColumn(name, embedding),
  );
  const extras = peelExtras(embedding, {
    conditions: martWhere,
    rename,
    facts,
    scope,
    notNull: coreNotNull,
    mayMultiply: martBlock.groupBy === undefined && !martBlock.distinct,
  });
  checkContained(askedOf(types, facts)(query), {
    obligations: martWhere.filter((condition) => !extras.conditions.includes(condition)),
    promotedOn,
  });

  const covered = new Set(embedding.occurrences.values());
  const martNotNull = [
    ...coreNotNull,
    ...embedding.promoted
      .flatMap((each) => notNullColumns(each.right, facts))
      .map((name) => renameColumn(name, embedding)),
  ];
  const held = premisesOf({
    conditions: [...martWhere, ...promotedOn],
    scope,
    notNull: martNotNull,
  });
  const occ = attempt.nextOcc();
  const all = outputsOf(attempt, { rename, occ });
  const { nameOf } = promotedOn.length === 0 ? held.equalities : equalitiesOf(martWhere, scope);
  const distinct = extras.multiplies
    ? distinctRows({
        mart,
        cluster: martBlock.cluster,
        occurrences: embedding.occurrences,
        rows: all.rows,
        nameOf,
        scope,
        occ,
        innerOcc: attempt.nextOcc(),
      })
    : undefined;
  const keys = martBlock.groupBy?.map(rename) ?? [];
  const outputs =
    distinct === undefined
      ? { ...all, rows: withoutApart(all.rows, { keys, scope }) }
      : { rows: distinct.rows, measures: [] };
  const cover = coverWith({ outputs: outputs.rows, nameOf, scope, covered });
  const compensation = compensate({
    conditions: query.block.where,
    held,
    cover,
    coverMatched:
      promotedOn.length === 0
        ? cover
        : coverWith({
            outputs: outputs.rows,
            nameOf: held.equalities.nameOf,
            scope,
            covered,
          }),
    covered,
    promoted: embedding.promoted.map((each) => renamePromotion(each, rename, embedding)),
    absent: embedding.absent.map((each) => renamePromotion(each, rename, embedding)),
    missing,
    facts,
    rows: outputs.rows,
    scope,
  });
  const both = premisesOf({
    conditions: [...query.block.where, ...martWhere, ...promotedOn],
    scope,
    notNull: [...notNullColumns(query.cluster, facts), ...martNotNull],
  });
  const fromMart = (leaf: Leaf) =>
    treeOf({
      leaves: [leaf, ...compensation.missing.leaves],
      satellites: compensation.missing.satellites,
    });
  const parts = {
    query,
    martBlock: {
      ...martBlock,
      block: { ...martBlock.block, having: martBlock.block.having.map(rename) },
    },
    martKeys: martBlock.groupBy === undefined ? undefined : keys,
    outputs,
    premises: both,
    scope,
    facts,
    covered,
    from: fromMart({ kind: 'table', occ, relation: mart.view.relation }),
    where: compensation.where,
    orderBy: attempt.orderBy,
    dialect: attempt.dialect,
    joinsBack,
    mayApproximate: attempt.mayApproximate,
  };
  const plain = martBlock.groupBy === undefined ? projectOver(parts) : groupOver(parts);
  const top =
    distinct === undefined ? plain : readDistinct(plain, { distinct, occ, compensation, fromMart });
  checkTold(top, { occ, loose: looseKeys(outputs.rows, { keys, scope }) });
  const readsBase = joinsBack || readsQueries(top.block);
  if (readsBase && mart.view.sameSnapshot !== true) {
    throw new Miss(7, {
      code: 'MIXES_SNAPSHOTS',
      text: 'the answer would read the mart and base tables together, and the mart may be of an earlier moment',
    });
  }
  return {
    kind: 'hit',
    block: top.block,
    orderBy: top.orderBy,
    effort: top.effort,
    readsBase,
    entries: [
      ...entriesOf(embedding, { mart, joinsBack }),
      ...turnedEntries([...martBlock.turned, ...query.turned]),
      ...extras.entries,
      ...(distinct === undefined ? [] : [distinct.entry]),
      ...compensation.entries,
      ...top.entries,
    ],
  };
}

/** A group of equal values has one of them: what tells them apart was asked of each row. */
function checkTold(
  { block, orderBy }: Top,
  mart: { readonly occ: number; readonly loose: ReadonlyMap<string, 'float' | 'other'> },
): void {
  const exprs = [
    ...expressionsOf(toBound({ body: { kind: 'block', block }, outputs: [], orderBy: [] })),
    ...orderBy,
  ];
  if (mart.loose.size > 0 && exprs.some((expr) => tellsApart(expr, mart))) {
    throw new Miss(7, {
      code: 'GROUPS_EQUAL_VALUES',
      text: `the mart is grouped by ${[...mart.loose.keys()].join(', ')}, whose equal values may differ (0 and -0, 30 days and one month), and the query tells them apart`,
    });
  }
}

/** What holds on the query's rows. */
const askedOf = keptFor((types: ColumnTypes, facts: Facts) => {
  const known = new WeakMap<PreparedBlock, Premises>();
  return (query: PreparedBlock): Premises => {
    const premises =
      known.get(query) ??
      premisesOf({
        conditions: query.block.where,
        scope: { types, sources: query.sources },
        notNull: notNullColumns(query.cluster, facts),
      });
    known.set(query, premises);
    return premises;
  };
});

/**
 * What holds on the rows of the query's inner-joined sources before any outer, semi or anti join: its conditions on them
 * may be moved down there, and no other.
 */
const keptOf = keptFor((types: ColumnTypes, facts: Facts) => {
  const known = new WeakMap<PreparedBlock, Premises>();
  return (query: PreparedBlock): Premises => {
    const inner = new Set(
      query.cluster.leaves.flatMap((leaf) => (leaf.kind === 'full' ? [] : [leaf.occ])),
    );
    const premises =
      known.get(query) ??
      premisesOf({
        conditions: query.block.where.filter((condition) =>
          refsIn(condition).every((ref) => inner.has(ref.occ)),
        ),
        scope: { types, sources: query.sources },
        notNull: notNullColumns(query.cluster, facts),
      });
    known.set(query, premises);
    return premises;
  };
});

/** The same answer over the mart's rows without copies. */
function readDistinct(
  top: Top,
  {
    distinct,
    occ,
    compensation,
    fromMart,
  }: {
    readonly distinct: DistinctRows;
    readonly occ: number;
    readonly compensation: { readonly missing: Cluster };
    readonly fromMart: (leaf: Leaf) => Block['from'];
  },
): Top {
  const { block, orderBy } = top;
  const exprs = [
    ...block.items.map((item) => item.expr),
    ...block.where,
    ...block.having,
    ...(block.groupBy ?? []),
    ...orderBy,
    ...compensation.missing.satellites.flatMap((satellite) => satellite.on),
  ];
  const read = new Set(
    exprs.flatMap((expr) => refsIn(expr).flatMap((ref) => (ref.occ === occ ? [ref.column] : []))),
  );
  return { ...top, block: { ...block, from: fromMart(distinct.leafFor(read)) }, effort: 2 };
}

function scopeOf({
  types,
  martBlock,
  query,
}: {
  readonly types: ColumnTypes;
  readonly martBlock: PreparedBlock;
  readonly query: PreparedBlock;
}): TypeScope {
  return { types, sources: new Map([...query.sources, ...martBlock.sources]) };
}

function outputsOf(
  { mart, martBlock }: Attempt,
  { rename, occ }: { readonly rename: (expr: BoundExpr) => BoundExpr; readonly occ: number },
): Outputs {
  const outputs = martBlock.block.items.flatMap((item, index): MartOutput[] => {
    const column = mart.view.columns[index];
    return column === undefined || mart.usable[index] !== true
      ? []
      : [{ expr: rename(item.expr), column: { kind: 'ref', occ, column: column.name } }];
  });
  const isMeasure = ({ expr }: MartOutput): boolean => someExpr(expr, (part) => isAggregate(part));
  return {
    rows: outputs.filter((output) => !isMeasure(output)),
    measures: outputs.filter(isMeasure),
  };
}

function readsQueries(block: Block): boolean {
  return [...block.items.map((item) => item.expr), ...block.where, ...block.having].some((expr) =>
    someExpr(expr, (part) => queryIn(part) !== undefined),
  );
}
