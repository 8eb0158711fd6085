import type { RelationId } from '../../base/relation.ts';
import type { Wording } from '../../connectors/wording.ts';
import type { OneMoment } from '../../marts/certificate.ts';
import type { Mart } from '../../marts/mart.ts';
import { stillIs } from '../../prove/region-state.ts';
import type { DialectName } from '../../sql/dialect.ts';
import type { NormalQuery } from '../../sql/normal-query.ts';
import { printQuery } from '../../sql/print/print-query.ts';
import type { SchemaSnapshot } from '../../sql/schema.ts';
import { standIn } from '../stand-in.ts';
import { type Moment, oldestAllowed, regionTexts } from './route-moment.ts';
import { eitherByLooking, eitherByTime, printWhile } from './route-texts.ts';

export interface TogetherTexts {
  /** To be given out. */
  readonly served: string;
  /** The same text as if the sources had changed. */
  readonly asIfMoved: string;
}

export interface TogetherRequest {
  readonly oneMoment: OneMoment;
  readonly moment: Moment;
  readonly asked: string;
  readonly query: NormalQuery;
  readonly rewritten: NormalQuery;
  readonly marts: readonly { readonly mart: Mart; readonly query: NormalQuery }[];
  readonly schema: SchemaSnapshot;
  readonly dialect: DialectName;
  readonly wording: Wording;
  /** Whether the warehouse's clock is ours, so that a text can say until when it is good. */
  readonly carriesExpiry: boolean;
}

/**
 * The statement over the marts' versions: a stable view may be repointed between the answer and its execution, a version never
 * changes. `undefined` where it cannot be written.
 */
export function servedTogether(request: TogetherRequest): TogetherTexts | undefined {
  const versions = new Map<RelationId, RelationId>(
    request.marts.flatMap(({ mart }) =>
      mart.current === undefined ? [] : [[mart.definition.relation, mart.current.table] as const],
    ),
  );
  const rewritten = standIn(request.rewritten, versions);
  return request.oneMoment === 'marts-agree'
    ? untilTooOld(rewritten, request)
    : whileUnchanged(rewritten, request);
}

function untilTooOld(
  rewritten: NormalQuery,
  { query, asked, marts, moment, dialect, wording, carriesExpiry }: TogetherRequest,
): TogetherTexts | undefined {
  const printed = printQuery(rewritten, dialect);
  if (printed.kind === 'unprintable') {
    return undefined;
  }
  if (!carriesExpiry) {
    return { served: printed.sql, asIfMoved: asked };
  }
  const { statementTime } = wording.versions;
  const expiresAt = wording.versions.moment(oldestAllowed(marts, moment.at));
  const served = eitherByTime(
    { query, ifHolds: printed.sql, otherwise: asked },
    {
      isBefore: `${statementTime} <= ${expiresAt}`,
      isAfter: `${statementTime} > ${expiresAt}`,
    },
  );
  return served === undefined ? undefined : { served, asIfMoved: asked };
}

function whileUnchanged(
  rewritten: NormalQuery,
  request: TogetherRequest,
): TogetherTexts | undefined {
  const { query, moment, dialect, wording } = request;
  const regions = regionTexts(request);
  if (regions === undefined || regions.length !== moment.regions.length) {
    return undefined;
  }
  const unchanged = regions.flatMap((region, at) => {
    const state = moment.regions[at];
    return state === undefined ? [] : [stillIs(region, { state, wording })];
  });
  const ifHolds = printWhile(rewritten, { holds: true, dialect });
  const otherwise = printWhile(query, { holds: false, dialect });
  if (ifHolds === undefined || otherwise === undefined) {
    return undefined;
  }
  const sides = { query, ifHolds, otherwise };
  const served = eitherByLooking(sides, unchanged.join('\n  and '));
  const asIfMoved = eitherByLooking(sides, 'false');
  return served === undefined || asIfMoved === undefined ? undefined : { served, asIfMoved };
}
