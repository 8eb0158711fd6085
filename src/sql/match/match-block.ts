import type { CertificateEntry, MissReason } from '../../marts/certificate.ts';
import type { BoundExpr } from '../bound.ts';
import type { DialectName } from '../dialect.ts';
import type { Block } from '../normal-query.ts';
import { isAggregate } from '../normalize/functions.ts';
import { queryIn, someExpr } from '../normalize/walk.ts';
import type { Cluster } from './cluster.ts';
import { treeOf } from './cluster.ts';
import type { ColumnTypes, TypeScope } from './column-types.ts';
import { compensate } from './compensate.ts';
import { coverWith } from './cover.ts';
import type { Embedding } from './embed.ts';
import { embeddings, isWhole } from './embed.ts';
import { entriesOf, turnedEntry } from './entries.ts';
import { equalitiesOf } from './equalities.ts';
import { notNullColumns, peelExtras } from './extras.ts';
import { groupOver } from './group-over.ts';
import { premisesOf } from './implies.ts';
import type { MartOutput, Outputs } from './mart-output.ts';
import { Miss } from './miss.ts';
import { checkConditions, checkContained, checkSources } from './obligations.ts';
import type { PreparedBlock, PreparedMart } from './prepared.ts';
import { projectOver } from './project-over.ts';
import { renameColumn, renamePromotion, renamer } from './rename.ts';
import { variantsOf } from './variants.ts';

/** A block answered from a mart. */
export interface BlockHit {
  readonly kind: 'hit';
  readonly block: Block;
  readonly orderBy: readonly BoundExpr[];
  readonly entries: readonly CertificateEntry[];
  /** 0: rows as they are; 1: grouped once more; 2: computed from rows. */
  readonly effort: 0 | 1 | 2;
  readonly readsBase: boolean;
}

export interface BlockMiss {
  readonly kind: 'miss';
  readonly reason: MissReason;
  /** How many of the matcher's steps it passed: the more, the nearer. */
  readonly steps: number;
}

export interface BlockRequest {
  readonly query: PreparedBlock;
  /** Expressions of the ORDER BY above the block. */
  readonly orderBy: readonly BoundExpr[];
  readonly mart: PreparedMart;
  readonly types: ColumnTypes;
  readonly dialect: DialectName;
  /** True for the statement's own block without a limit: nothing is decided by a last digit. */
  readonly mayApproximate: boolean;
  /** Whether a table of the mart may be left out and the same table be joined back. */
  readonly isFarFetched: boolean;
  /** The occurrence the mart gets in the rewritten query. */
  readonly occ: number;
}

/** Answers one block from one mart, or says what is missing. */
export function matchBlock(request: BlockRequest): BlockHit | BlockMiss {
  const { mart, query } = request;
  if (mart.unfit !== undefined) {
    return { kind: 'miss', reason: mart.unfit, steps: 0 };
  }
  if (mart.prepared === undefined) {
    return {
      kind: 'miss',
      reason: {
        code: 'ONLY_WHOLE',
        text: 'the mart is reused only where the query is its definition',
      },
      steps: 0,
    };
  }
  let nearest: BlockMiss = {
    kind: 'miss',
    reason: {
      code: 'SOURCES_DIFFER',
      text: 'the mart reads sources, or joins them in ways, that the query does not',
    },
    steps: 0,
  };
  const facts = mart.view.facts;
  for (const [martBlock, queryBlock] of variantsOf(mart.prepared, {
    query,
    facts,
    types: request.types,
  })) {
    let isNarrower = false;
    for (const embedding of embeddings(martBlock.cluster, {
      query: queryBlock.cluster,
      isFarFetched: request.isFarFetched,
    })) {
      // Rows the mart left out do not come back by mapping less of it.
      if (isNarrower && !isWhole(embedding)) {
        break;
      }
      const attempt = tryEmbedding(embedding, { ...request, query: queryBlock, martBlock });
      if (attempt.kind === 'hit') {
        return attempt;
      }
      nearest = attempt.steps > nearest.steps ? attempt : nearest;
      isNarrower ||= isWhole(embedding) && attempt.steps === PREDICATE_STEP;
    }
  }
  return nearest;
}

/** The step at which the mart's own conditions are found not to follow from the query's. */
const PREDICATE_STEP = 4;

interface Attempt extends BlockRequest {
  readonly martBlock: PreparedBlock;
}

function tryEmbedding(embedding: Embedding, attempt: Attempt): BlockHit | BlockMiss {
  try {
    return answer(embedding, attempt);
  } catch (error) {
    if (error instanceof Miss) {
      return { kind: 'miss', reason: error.reason, steps: error.steps };
    }
    throw error;
  }
}

function answer(embedding: Embedding, attempt: Attempt): BlockHit {
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
  checkConditions(embedding, rename);

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
  });
  const asked = premisesOf({
    conditions: query.block.where,
    scope,
    notNull: notNullColumns(query.cluster, facts),
  });
  checkContained(asked, {
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
  const outputs = outputsOf(attempt, rename);
  const compensation = compensate({
    conditions: query.block.where,
    held,
    cover: coverWith({
      outputs: outputs.rows,
      nameOf: equalitiesOf(martWhere, scope).nameOf,
      scope,
      covered,
    }),
    coverMatched: coverWith({
      outputs: outputs.rows,
      nameOf: held.equalities.nameOf,
      scope,
      covered,
    }),
    covered,
    promoted: embedding.promoted.map((each) => renamePromotion(each, rename, embedding)),
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
  const from = treeOf({
    leaves: [
      { kind: 'table', occ: attempt.occ, relation: mart.view.relation },
      ...compensation.missing.leaves,
    ],
    satellites: compensation.missing.satellites,
  });
  const parts = {
    query,
    martBlock: {
      ...martBlock,
      block: { ...martBlock.block, having: martBlock.block.having.map(rename) },
    },
    martKeys: martBlock.groupBy?.map(rename),
    outputs,
    premises: both,
    scope,
    covered,
    from,
    where: compensation.where,
    orderBy: attempt.orderBy,
    dialect: attempt.dialect,
    joinsBack,
    mayApproximate: attempt.mayApproximate,
  };
  const top = martBlock.groupBy === undefined ? projectOver(parts) : groupOver(parts);
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
      ...turnedEntry([...new Set([...martBlock.turned, ...query.turned])]),
      ...extras.entries,
      ...compensation.entries,
      ...top.entries,
    ],
  };
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
  { mart, martBlock, occ }: Attempt,
  rename: (expr: BoundExpr) => BoundExpr,
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
