import type { RelationId } from '../../base/relation.ts';
import type {
  Certificate,
  CertificateEntry,
  MissReason,
  OneMoment,
} from '../../marts/certificate.ts';
import type { DialectName } from '../dialect.ts';
import type { NormalQuery } from '../normal-query.ts';
import { toBound } from '../normalize/to-bound.ts';
import { expressionsOf, someExpr, sourcesOf } from '../normalize/walk.ts';
import type { SchemaSnapshot } from '../schema.ts';
import { collatedGroups, uncertainty } from './certain.ts';
import { indexMarts, tablesOf } from './mart-index.ts';
import type { MartView, PreparedMart } from './prepared.ts';
import { rewrite } from './rewrite.ts';
import type { Rewriting } from './rewriting.ts';

export type { MartView } from './prepared.ts';

export interface MatchRequest {
  readonly query: NormalQuery;
  /** Keep the list between calls: it is indexed once. */
  readonly marts: readonly MartView[];
  readonly schema: SchemaSnapshot;
  readonly dialect: DialectName;
}

export type MatchOutcome =
  | {
      readonly kind: 'rewrite';
      readonly query: NormalQuery;
      readonly marts: readonly RelationId[];
      readonly certificate: Certificate;
    }
  /** Nearest first. */
  | { readonly kind: 'refuse'; readonly because: readonly MissReason[] };

const MOST_REASONS = 12;

/**
 * The equal query over marts, or why there is none. Equal means: the same multiset of rows on every database where the
 * marts' facts hold. A query whose own answer is not unique (a LIMIT that cuts ties, a volatile function) is refused,
 * and so is whatever is not understood.
 */
export function matchQuery({ query, marts, schema, dialect }: MatchRequest): MatchOutcome {
  const index = indexMarts(marts, { schema, dialect });
  const uncertain = uncertainty(query) ?? collatedGroups(query, index.types);
  if (uncertain !== undefined && uncertain.code !== 'LIMIT_NOT_UNIQUE') {
    return { kind: 'refuse', because: [uncertain] };
  }
  const rewriting: Rewriting = {
    statement: query,
    index,
    dialect,
    nextOcc: counterAbove(highestOccurrence(query)),
    used: new Set(),
    entries: [],
    misses: [],
  };
  const rewritten = rewrite(query, rewriting);
  const used = [...rewriting.used];
  const settling = used.find(
    ({ view }) => uncertainty(query, { facts: view.facts, types: index.types }) === undefined,
  );
  if (uncertain !== undefined && settling === undefined) {
    return { kind: 'refuse', because: [uncertain] };
  }
  if (used.length === 0) {
    return { kind: 'refuse', because: reasonsOf(rewriting) };
  }
  const relations = [...new Set(used.map((mart) => mart.view.relation))].toSorted();
  const own = new Set(relations);
  const readsBase = [...tablesOf(rewritten)].some((table) => !own.has(table));
  const oneMoment = owedMoment({ readsBase, marts: relations.length });
  if (oneMoment !== undefined && used.some((mart) => mart.view.sameSnapshot !== true)) {
    return { kind: 'refuse', because: [mixes(relations), ...reasonsOf(rewriting)] };
  }
  return {
    kind: 'rewrite',
    query: rewritten,
    marts: relations,
    certificate: {
      marts: relations,
      entries: [...rewriting.entries, ...(uncertain === undefined ? [] : [settledOrder(settling)])],
      ...(oneMoment === undefined ? {} : { oneMoment }),
    },
  };
}

/** Rows of one mart are of one moment by themselves; whatever is read beside them must be of the same. */
function owedMoment({
  readsBase,
  marts,
}: {
  readonly readsBase: boolean;
  readonly marts: number;
}): OneMoment | undefined {
  if (readsBase) {
    return 'marts-are-current';
  }
  return marts > 1 ? 'marts-agree' : undefined;
}

function settledOrder(settling: PreparedMart | undefined): CertificateEntry {
  const source = settling?.view.facts.source;
  return {
    step: 'order-settled',
    because: 'the order settles which rows the limit keeps',
    facts: source === undefined ? [] : [`${source}: the order names a unique key`],
  };
}

function mixes(relations: readonly RelationId[]): MissReason {
  return {
    code: 'MIXES_SNAPSHOTS',
    text: `only a part of the query can be read from ${relations.join(', ')}, and that may be of an earlier moment than the rest`,
  };
}

function reasonsOf({ misses }: Rewriting): readonly MissReason[] {
  const sorted = misses.toSorted((a, b) => b.miss.steps - a.miss.steps);
  const reasons = new Map(
    sorted.map(({ mart, miss }) => [
      `${miss.reason.code} ${mart}`,
      { code: miss.reason.code, text: `${mart}: ${miss.reason.text}` },
    ]),
  );
  const listed = [...reasons.values()].slice(0, MOST_REASONS);
  return listed.length > 0
    ? listed
    : [{ code: 'NO_MART_OVER_TABLES', text: 'no mart is made of the tables the query reads' }];
}

/** The highest occurrence number in a query, those of queries inside expressions included. */
function highestOccurrence(query: NormalQuery): number {
  const bound = toBound(query);
  const occs = sourcesOf(bound).flatMap((from) => (from.kind === 'join' ? [] : [from.occ]));
  let highest = Math.max(0, ...occs);
  for (const expr of expressionsOf(bound)) {
    someExpr(expr, (part) => {
      highest = part.kind === 'ref' ? Math.max(highest, part.occ) : highest;
      return false;
    });
  }
  return highest;
}

function counterAbove(start: number): () => number {
  let next = start;
  return () => {
    next += 1;
    return next;
  };
}
