import type { EpochMs } from '../../base/clock.ts';
import { formatDuration } from '../../base/duration.ts';
import type { RelationId } from '../../base/relation.ts';
import type { MissReason } from '../../marts/certificate.ts';
import type { Mart } from '../../marts/mart.ts';
import type { DialectName } from '../../sql/dialect.ts';
import { dialectOf } from '../../sql/dialects.ts';
import type { MartView } from '../../sql/match/match.ts';
import type { NormalQuery } from '../../sql/normal-query.ts';
import { normalize } from '../../sql/normalize/normalize.ts';
import type { ParseSql } from '../../sql/parse-sql.ts';
import { bindQuery } from '../../sql/resolve/bind-query.ts';
import type { NameContext } from '../../sql/schema.ts';
import type { SchemaIndex } from '../../sql/schema-index.ts';

/** A physical mart as the matcher sees it. */
export interface ServableMart {
  readonly mart: Mart;
  readonly view: MartView;
}

/** What `route` answers from: taken after each cycle and each applied plan, and whole. */
export interface RouteWorld {
  readonly schema: SchemaIndex;
  readonly names: NameContext;
  readonly dialect: DialectName;
  readonly marts: readonly ServableMart[];
  /** Marts taken back since: their views may answer from live sources, of which their facts tell nothing. */
  readonly withdrawn?: ReadonlySet<RelationId>;
}

export interface RouteWorldParts extends Omit<RouteWorld, 'marts' | 'withdrawn'> {
  readonly marts: readonly Mart[];
  readonly parse: ParseSql;
}

/** Binds every physical mart's logical definition; one that can no longer be bound serves nobody. */
export async function makeRouteWorld(parts: RouteWorldParts): Promise<RouteWorld> {
  const { marts, parse, schema, names, dialect } = parts;
  const physical = marts.filter(
    ({ stage, current }) => stage === 'physical' && current !== undefined,
  );
  const outcomes = await parse(
    physical.map(({ definition }) => ({ sql: definition.sql, dialect })),
  );
  const servable = physical.flatMap((mart, at): readonly ServableMart[] => {
    const outcome = outcomes[at];
    const statement = outcome?.kind === 'parsed' ? outcome.statements[0] : undefined;
    if (statement?.kind !== 'query' || mart.current === undefined) {
      return [];
    }
    const bound = bindQuery(statement.query, { schema, names, dialect: dialectOf(dialect) });
    if (bound.notUnderstood.length > 0) {
      return [];
    }
    const { relation } = mart.definition;
    const answering = answeringPart(normalize(bound.query), mart);
    return answering === undefined
      ? []
      : [{ mart, view: { relation, ...answering, facts: mart.current.facts } }];
  });
  return { schema, names, dialect, marts: servable };
}

/** What of a definition its current version answers: reading a tombstoned attribute is an error. */
function answeringPart(
  query: NormalQuery,
  { definition: { columns }, current }: Mart,
): Pick<MartView, 'query' | 'columns'> | undefined {
  const gone = new Set(
    current?.slim?.attributes.flatMap(({ kind, name }) => (kind === 'tombstone' ? [name] : [])),
  );
  if (gone.size === 0) {
    return { query, columns };
  }
  const { body, outputs } = query;
  if (body.kind !== 'block') {
    return undefined;
  }
  const stays = (_: unknown, at: number) => !gone.has(columns[at]?.name ?? '');
  const block = { ...body.block, items: body.block.items.filter(stays) };
  return {
    query: { ...query, body: { ...body, block }, outputs: outputs.filter(stays) },
    columns: columns.filter(stays),
  };
}

/** Marts that may answer now, and why the others may not (law 4). */
export function freshMarts(
  { marts, withdrawn }: RouteWorld,
  now: EpochMs,
): { readonly fresh: readonly ServableMart[]; readonly stale: readonly MissReason[] } {
  const isFresh = ({ mart }: ServableMart) =>
    mart.current !== undefined &&
    mart.current.native === undefined &&
    withdrawn?.has(mart.definition.relation) !== true &&
    now - mart.current.verifiedFreshAt <= mart.definition.maxStalenessMs;
  return {
    fresh: marts.filter(isFresh),
    stale: marts
      .filter((servable) => !isFresh(servable))
      .map(({ mart }) => whyNot(mart, { now, isBack: withdrawn?.has(mart.definition.relation) })),
  };
}

function whyNot(
  { definition, current }: Mart,
  { now, isBack = false }: { readonly now: EpochMs; readonly isBack: boolean | undefined },
): MissReason {
  const { relation, maxStalenessMs } = definition;
  if (!isBack && current?.native !== undefined) {
    return {
      code: 'MART_NATIVE',
      text: `${relation} is a ${current.native.kind} that the warehouse changes in its place, so what was proved of its rows may not hold of those there now; name it, and it answers`,
    };
  }
  return isBack
    ? {
        code: 'MART_WITHDRAWN',
        text: `${relation} was just taken back to its view; ask again after this cycle`,
      }
    : {
        code: 'MART_STALE',
        text: `${relation} was last seen fresh ${formatDuration(now - (current?.verifiedFreshAt ?? 0))} ago, and may be ${formatDuration(maxStalenessMs)} old: it answers again after its next refresh`,
      };
}
