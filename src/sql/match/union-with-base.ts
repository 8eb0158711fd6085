import type { CertificateEntry } from '../../marts/certificate.ts';
import type { BoundExpr } from '../bound.ts';
import type { DialectName } from '../dialect.ts';
import type { Block, JoinTree, NormalQuery } from '../normal-query.ts';
import { conjunctsOf } from '../normalize/conjuncts.ts';
import { columnsRejectedBy } from '../normalize/null-rejecting.ts';
import { queryIn, refsIn, someExpr } from '../normalize/walk.ts';
import type { BlockHit } from './block-request.ts';
import type { ColumnTypes, TypeScope } from './column-types.ts';
import { complementOf } from './complement.ts';
import { constraintOf } from './constraints.ts';
import { notNullColumns } from './extras.ts';
import { rolledUp } from './group-over.ts';
import type { Premises } from './implies.ts';
import { premisesOf } from './implies.ts';
import { intersect } from './intervals.ts';
import type { MartOutput } from './mart-output.ts';
import { Miss } from './miss.ts';
import type { PreparedBlock, PreparedMart } from './prepared.ts';
import { prepareBlock } from './prepared.ts';
import type { Top, TopParts } from './project-over.ts';
import { projectOver } from './project-over.ts';
import type { UnionColumns } from './union-columns.ts';
import { groupColumns, rowColumns } from './union-columns.ts';
import { withBlock } from './with-block.ts';

export interface UnionRequest {
  /** Its body is a block. */
  readonly query: NormalQuery;
  readonly prepared: PreparedBlock;
  /** Of one moment with its sources. */
  readonly mart: PreparedMart;
  /** The mart's conditions the query does not imply, over the query's sources. */
  readonly lacking: readonly BoundExpr[];
  readonly types: ColumnTypes;
  readonly dialect: DialectName;
  readonly mayApproximate: boolean;
  readonly nextOcc: () => number;
  /** Answers a block from the mart. */
  readonly inside: (block: Block) => BlockHit | undefined;
  /** What answers the rows the mart does not hold: the query itself, or other marts. */
  readonly outside: (query: NormalQuery) => NormalQuery;
}

export interface UnionAnswer {
  readonly query: NormalQuery;
  readonly entries: readonly CertificateEntry[];
}

/**
 * A query that asks for more rows than the mart holds: those the mart's conditions are true of come from the mart, those
 * they are false or NULL of from its sources, on one snapshot; aggregates are put together on top.
 */
export function unionWithBase(request: UnionRequest): UnionAnswer | undefined {
  const { query, prepared, mart, lacking, types } = request;
  const { block } = prepared;
  const scope: TypeScope = { types, sources: prepared.sources };
  const asked = premisesOf({
    conditions: block.where,
    scope,
    notNull: notNullColumns(prepared.cluster, mart.view.facts),
  });
  if (!isSplittable(request, asked)) {
    return undefined;
  }
  const orderBy = query.orderBy.map((item) => item.expr);
  const columns =
    mart.prepared?.groupBy === undefined
      ? rowColumns(prepared, orderBy)
      : groupColumns(prepared, orderBy);
  const rest = complementOf(lacking, asked);
  if (columns === undefined || rest === undefined) {
    return undefined;
  }
  const isPlain =
    prepared.groupBy === undefined && !prepared.distinct && orderBy.length === 0 && !isCut(query);
  const branch = (where: readonly BoundExpr[]): Block =>
    isPlain ? { ...block, where } : branchBlock(block, { columns, where });
  const hit = request.inside(branch([...block.where, ...lacking]));
  if (hit === undefined) {
    return undefined;
  }
  const names = isPlain ? query.outputs : namesFor(columns);
  const plain = { outputs: names, orderBy: [] };
  const right = branch([...block.where, ...conjunctsOf(rest)]);
  const union: NormalQuery = {
    ...plain,
    body: {
      kind: 'set',
      op: 'union',
      all: true,
      left: { ...plain, body: { kind: 'block', block: hit.block } },
      right: request.outside({ ...plain, body: { kind: 'block', block: right } }),
    },
  };
  const entries = [...hit.entries, united(mart)];
  if (isPlain) {
    return { query: union, entries };
  }
  const top = topOver(union, { request, columns, asked, scope });
  return top === undefined
    ? undefined
    : { query: withBlock(query, top), entries: [...entries, ...top.entries] };
}

function united({ view }: PreparedMart): CertificateEntry {
  return {
    step: 'united-with-base',
    because: `rows that satisfy the conditions of ${view.relation} come from it, all others from its sources at the same moment`,
    facts: [],
  };
}

/** Conditions on single sources of the query, some rows on the mart's side, nothing a block cannot say. */
function isSplittable({ prepared, lacking, query }: UnionRequest, asked: Premises): boolean {
  const { block, sources } = prepared;
  const isTold = lacking.every((condition) => {
    const occs = new Set(refsIn(condition).map((ref) => ref.occ));
    const reads = [...occs];
    return (
      reads.length === 1 && reads.every((occ) => sources.has(occ)) && !isEmptyWith(condition, asked)
    );
  });
  const exprs = [...block.where, ...query.orderBy.map((item) => item.expr)];
  return (
    isTold &&
    block.groupingSets === undefined &&
    block.barriers.length === 0 &&
    !exprs.some((expr) => someExpr(expr, (part) => queryIn(part) !== undefined))
  );
}

/** True when no row of the query can satisfy the condition, so that the mart has nothing to give. */
function isEmptyWith(condition: BoundExpr, asked: Premises): boolean {
  const rejected = columnsRejectedBy(condition);
  const isAskedForNull = asked.conditions.some(
    (each) =>
      each.kind === 'is' &&
      each.test === 'null' &&
      !each.negated &&
      each.operand.kind === 'ref' &&
      rejected.has(`${each.operand.occ}.${each.operand.column}`),
  );
  const wanted = constraintOf(condition, { scope: asked.scope, equalities: asked.equalities });
  const known = wanted === undefined ? undefined : asked.constraints.get(wanted.key);
  const isDisjoint =
    wanted !== undefined &&
    known !== undefined &&
    intersect(known.values, wanted.values).length === 0;
  return isAskedForNull || isDisjoint;
}

function isCut({ limit, offset }: NormalQuery): boolean {
  return limit !== undefined || offset !== undefined;
}

function branchBlock(
  { from }: Block,
  { columns, where }: { readonly columns: UnionColumns; readonly where: readonly BoundExpr[] },
): Block {
  const names = namesFor(columns);
  const exprs = [...columns.keys, ...columns.measures];
  return {
    from,
    where,
    having: [],
    items: exprs.map((expr, index) => ({ name: names[index] ?? '', expr })),
    distinct: false,
    barriers: [],
    ...(columns.isGrouped ? { groupBy: columns.keys } : {}),
  };
}

function namesFor({ keys, measures }: UnionColumns): readonly string[] {
  return [...keys, ...measures].map((_expr, index) => `c${index + 1}`);
}

/** The query over the union's rows. */
function topOver(
  union: NormalQuery,
  {
    request,
    columns,
    asked,
    scope,
  }: {
    readonly request: UnionRequest;
    readonly columns: UnionColumns;
    readonly asked: Premises;
    readonly scope: TypeScope;
  },
): Top | undefined {
  const { query, prepared, dialect, mayApproximate } = request;
  const occ = request.nextOcc();
  const from: JoinTree = { kind: 'query', occ, query: union };
  const outputOf = (expr: BoundExpr, index: number): MartOutput => ({
    expr,
    column: { kind: 'ref', occ, column: union.outputs[index] ?? '' },
  });
  const rows = columns.keys.map(outputOf);
  const parts: TopParts = {
    query: prepared,
    martBlock: prepareBlock({ ...prepared.block, having: [] }),
    martKeys: columns.keys,
    outputs: {
      rows,
      measures: columns.measures.map((expr, index) => outputOf(expr, rows.length + index)),
    },
    premises: asked,
    scope,
    facts: request.mart.view.facts,
    covered: new Set(prepared.sources.keys()),
    from,
    where: [],
    orderBy: query.orderBy.map((item) => item.expr),
    dialect,
    joinsBack: true,
    mayApproximate,
  };
  try {
    return columns.isGrouped ? rolledUp(parts, false) : projectOver(parts);
  } catch (error) {
    if (error instanceof Miss) {
      return undefined;
    }
    throw error;
  }
}
