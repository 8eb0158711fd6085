import type { Facts } from '../../marts/facts.ts';
import type { BoundExpr } from '../bound.ts';
import type { Block } from '../normal-query.ts';
import { conjunctsOf } from '../normalize/conjuncts.ts';
import { normalize } from '../normalize/normalize.ts';
import { columnsRejectedBy } from '../normalize/null-rejecting.ts';
import type { Satellite } from './cluster.ts';
import { clusterOf } from './cluster.ts';
import type { ColumnTypes } from './column-types.ts';
import { sourcesOfTree } from './column-types.ts';
import { notNullColumns } from './extras.ts';
import { satelliteKeepsRows } from './keeps-rows.ts';
import type { PreparedBlock } from './prepared.ts';

export interface TurnScope {
  readonly facts: Facts;
  readonly types: ColumnTypes;
}

/**
 * The block with EXISTS and IN as joins: as inner ones where a verified key lets each row find at most one row there,
 * NOT EXISTS (and NOT IN, where nothing is NULL) as anti joins. The same block where there is none of them.
 */
export function turnQueries(block: PreparedBlock, { facts, types }: TurnScope): PreparedBlock {
  let turned = block;
  for (const condition of block.block.where) {
    const join = joinOf(condition, { block: turned, facts });
    if (join !== undefined) {
      turned = withJoin(turned, { ...join, condition, facts, types });
    }
  }
  for (const satellite of turned.cluster.satellites) {
    const scope = { types, sources: turned.sources };
    const lossless =
      satellite.join === 'semi' ? satelliteKeepsRows(satellite, { facts, scope }) : undefined;
    if (lossless !== undefined) {
      turned = innerInstead(turned, satellite, lossless.facts);
    }
  }
  return turned;
}

interface QueryJoin {
  readonly inner: Block;
  readonly satellite: Satellite;
}

/** The semi or anti join that a condition with a query inside is. */
function joinOf(
  condition: BoundExpr,
  { block, facts }: { readonly block: PreparedBlock; readonly facts: Facts },
): QueryJoin | undefined {
  if (condition.kind !== 'exists' && condition.kind !== 'in-query') {
    return undefined;
  }
  const { body, limit, offset } = normalize(condition.query);
  if (body.kind !== 'block' || limit !== undefined || offset !== undefined) {
    return undefined;
  }
  const inner = body.block;
  const isPlain =
    inner.groupBy === undefined &&
    inner.having.length === 0 &&
    inner.barriers.length === 0 &&
    inner.from.kind === 'table';
  if (!isPlain) {
    return undefined;
  }
  const right = clusterOf(inner.from);
  const join = condition.negated ? 'anti' : 'semi';
  if (condition.kind === 'exists') {
    return { inner, satellite: { join, right, on: inner.where } };
  }
  const [item, ...more] = inner.items;
  if (item === undefined || more.length > 0) {
    return undefined;
  }
  const isKnown =
    isNeverNull(condition.operand, notNullIn(block, facts)) &&
    isNeverNull(item.expr, [
      ...notNullColumns(right, facts),
      ...inner.where.flatMap((each) => [...columnsRejectedBy(each)]),
    ]);
  if (condition.negated && !isKnown) {
    return undefined;
  }
  const equal: BoundExpr = { kind: 'binary', op: '=', left: condition.operand, right: item.expr };
  return { inner, satellite: { join, right, on: [...conjunctsOf(equal), ...inner.where] } };
}

function notNullIn({ block, cluster }: PreparedBlock, facts: Facts): readonly string[] {
  return [
    ...notNullColumns(cluster, facts),
    ...block.where.flatMap((each) => [...columnsRejectedBy(each)]),
  ];
}

function isNeverNull(expr: BoundExpr, notNull: readonly string[]): boolean {
  return expr.kind === 'ref' && notNull.includes(`${expr.occ}.${expr.column}`);
}

function withJoin(
  prepared: PreparedBlock,
  {
    inner,
    satellite,
    condition,
    facts,
    types,
  }: QueryJoin & TurnScope & { readonly condition: BoundExpr },
): PreparedBlock {
  const sources = new Map([...prepared.sources, ...sourcesOfTree(inner.from)]);
  const { leaves, satellites } = prepared.cluster;
  const isUsed =
    satellite.join === 'anti' ||
    satelliteKeepsRows(satellite, { facts, scope: { types, sources } }) !== undefined;
  return isUsed
    ? {
        ...prepared,
        sources,
        block: {
          ...prepared.block,
          where: prepared.block.where.filter((other) => other !== condition),
        },
        cluster: { leaves, satellites: [...satellites, satellite] },
      }
    : prepared;
}

function innerInstead(
  prepared: PreparedBlock,
  satellite: Satellite,
  facts: readonly string[],
): PreparedBlock {
  const { leaves, satellites } = prepared.cluster;
  return {
    ...prepared,
    turned: [
      ...prepared.turned,
      {
        step: 'semi-join-is-inner',
        because: 'each row finds at most one row of what must exist',
        facts,
      },
    ],
    block: { ...prepared.block, where: [...prepared.block.where, ...satellite.on] },
    cluster: {
      leaves: [...leaves, ...satellite.right.leaves],
      satellites: [
        ...satellites.filter((other) => other !== satellite),
        ...satellite.right.satellites,
      ],
    },
  };
}
