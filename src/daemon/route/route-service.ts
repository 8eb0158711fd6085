import { type Clock, dayOf, type EpochMs } from '../../base/clock.ts';
import { digestOf } from '../../base/digest.ts';
import type { Capabilities } from '../../connectors/connector.ts';
import type { RouteAnswer, RouteRequest } from '../../http/service.ts';
import type { MissReason } from '../../marts/certificate.ts';
import { isHeldOut } from '../../savings/hold-out.ts';
import { servedComment } from '../../sql/comment-tags.ts';
import { dialectOf } from '../../sql/dialects.ts';
import { fingerprint } from '../../sql/fingerprint.ts';
import type { NormalQuery } from '../../sql/normal-query.ts';
import { normalize } from '../../sql/normalize/normalize.ts';
import { writeAnswer } from '../../sql/own-words/write-answer.ts';
import type { ParseSql } from '../../sql/parse-sql.ts';
import { bindQuery } from '../../sql/resolve/bind-query.ts';
import type { RouteAsks } from '../../usage/usage-ports.ts';
import type { FirstUse } from './first-use.ts';
import { matchFresh } from './route-match.ts';
import { RouteRefusals } from './route-refusals.ts';
import { freshMarts, type RouteWorld, type ServableMart } from './route-world.ts';

export interface RouteServiceParts {
  readonly parse: ParseSql;
  readonly clock: Clock;
  readonly asks: RouteAsks;
  readonly firstUse: FirstUse;
  /** Of the warehouse that will run the answers. */
  readonly capabilities: Capabilities;
  readonly holdOutShare: number;
  /** Absent until the first cycle has looked at the warehouse. */
  readonly world: () => RouteWorld | undefined;
}

/**
 * Answers with the equal statement that reads a mart, or with the statement as it came and the reasons, nearest first.
 * Refuses by default: no mart is named without a certificate, without being fresh within its bound, and without the
 * first use of this shape having been compared with base. A small random share stays on base as hold-out.
 */
export function openRouteService(
  parts: RouteServiceParts,
): (request: RouteRequest) => Promise<RouteAnswer> {
  const { clock, asks, holdOutShare } = parts;
  const refusals = new RouteRefusals();
  let counter = 0;

  return async (request) => {
    const world = parts.world();
    const print = fingerprint(request.sql, dialectOf(world?.dialect ?? 'generic')).fingerprint;
    counter += 1;
    const askId = digestOf({ print, at: clock.now(), counter });
    const record = (outcome: 'rewritten' | 'hold-out' | 'refused') =>
      asks.record({
        client: (request.client ?? 'unnamed').trim().toLowerCase(),
        role: request.role ?? '',
        fingerprint: print,
        day: dayOf(clock.now()),
        outcome,
      });

    const sought = await findRewrite(request, { ...parts, world, print, refusals });
    const found = stillHolds(sought, { world: parts.world(), now: clock.now() });
    if (found.kind === 'refuse') {
      record('refused');
      return { answer: 'base', sql: request.sql, heldOut: false, because: found.because, askId };
    }
    const { sql, marts, certificate, asOf } = found;
    const mart = marts[0] ?? '';
    if (isHeldOut({ askId, fingerprint: print, share: holdOutShare })) {
      record('hold-out');
      const comment = servedComment({ served: 'hold-out', mart, template: print });
      return {
        answer: 'base',
        sql: `${comment} ${request.sql}`,
        heldOut: true,
        because: [],
        askId,
      };
    }
    record('rewritten');
    const comment = servedComment({ served: 'route', mart, template: print });
    return { answer: 'mart', sql: `${comment} ${sql}`, marts, asOf, certificate, askId };
  };
}

type Rewrite =
  | { readonly kind: 'refuse'; readonly because: readonly MissReason[] }
  | ({ readonly kind: 'rewrite'; readonly sql: string; readonly asOf: string } & Pick<
      Extract<RouteAnswer, { answer: 'mart' }>,
      'marts' | 'certificate'
    >);

/** Proving a first use takes its time, in which a mart may have been taken back or have grown too old. */
function stillHolds(
  found: Rewrite,
  { world, now }: { readonly world: RouteWorld | undefined; readonly now: EpochMs },
): Rewrite {
  if (found.kind === 'refuse' || world === undefined) {
    return found;
  }
  const { fresh, stale } = freshMarts(world, now);
  const isServed = found.marts.every((mart) => fresh.some(({ view }) => view.relation === mart));
  return isServed
    ? found
    : {
        kind: 'refuse',
        because: [
          { code: 'MART_WITHDRAWN', text: 'its mart was taken back while it was asked' },
          ...stale,
        ],
      };
}

interface Finding extends Omit<RouteServiceParts, 'world'> {
  readonly world: RouteWorld | undefined;
  readonly print: string;
  readonly refusals: RouteRefusals;
}

async function findRewrite(request: RouteRequest, parts: Finding): Promise<Rewrite> {
  const { world, clock, firstUse, print, refusals } = parts;
  if (world === undefined) {
    return refuse('NOT_READY', 'Goldsmith has not looked at the warehouse yet: run a cycle first');
  }
  const { fresh, stale } = freshMarts(world, clock.now());
  if (fresh.length === 0) {
    return stale.length > 0
      ? { kind: 'refuse', because: stale }
      : refuse(
          'NO_MART',
          'there is no physical mart yet: `goldsmith explain` says what is missing',
        );
  }
  const kind = JSON.stringify([print, request.database, request.schema]);
  const remembered = refusals.recall(world.marts, kind);
  if (remembered !== undefined) {
    return { kind: 'refuse', because: [...remembered, ...stale] };
  }
  const read = await readStatement(request, { ...parts, world });
  if (read.kind === 'refuse') {
    refusals.note(world.marts, { kind, because: read.because });
    return read;
  }
  const { capabilities } = parts;
  const outcome = matchFresh({ query: read.query, world, fresh, capabilities });
  if (outcome.kind === 'refuse') {
    refusals.note(world.marts, { kind, because: outcome.because });
    return { kind: 'refuse', because: [...outcome.because, ...stale] };
  }
  refusals.note(world.marts, { kind });
  const written = await writeAnswer(
    {
      asked: request.sql,
      query: outcome.query,
      dialect: dialectOf(world.dialect),
      names: world.names,
      schema: world.schema.snapshot,
      marts: outcome.used,
    },
    parts.parse,
  );
  if (written.kind === 'refused') {
    return { kind: 'refuse', because: [written.because] };
  }
  const proof = await firstUse.prove({
    fingerprint: print,
    original: request.sql,
    query: read.query,
    rewritten: outcome.query,
    marts: outcome.used,
    oneMoment: outcome.certificate.oneMoment,
    schema: world.schema.snapshot,
    dialect: world.dialect,
  });
  if (proof.kind === 'unproved') {
    return refuse(proof.code, proof.because);
  }
  return {
    kind: 'rewrite',
    sql: proof.together?.sql ?? written.sql,
    marts: outcome.marts,
    certificate: {
      ...outcome.certificate,
      entries: [...outcome.certificate.entries, ...proof.entries],
    },
    asOf: new Date(proof.together?.asOf ?? oldest(fresh, outcome.marts)).toISOString(),
  };
}

type Reading =
  | { readonly kind: 'read'; readonly query: NormalQuery }
  | Extract<Rewrite, { kind: 'refuse' }>;

async function readStatement(
  { sql, database, schema }: RouteRequest,
  { parse, world }: { readonly parse: ParseSql; readonly world: RouteWorld },
): Promise<Reading> {
  const [outcome] = await parse([{ sql, dialect: world.dialect }]);
  if (outcome === undefined || outcome.kind === 'unparsed') {
    return refuse('UNPARSED', outcome?.because ?? 'no reader answered');
  }
  const [statement, ...more] = outcome.statements;
  if (statement?.kind !== 'query' || more.length > 0) {
    return refuse('NOT_ONE_QUERY', 'only a single SELECT is routed; send this statement as it is');
  }
  const names = {
    ...world.names,
    ...(database === undefined ? {} : { database }),
    ...(schema === undefined ? {} : { schema }),
  };
  const bound = bindQuery(statement.query, {
    schema: world.schema,
    names,
    dialect: dialectOf(world.dialect),
  });
  if (bound.notUnderstood.length > 0) {
    return refuse(
      'NOT_UNDERSTOOD',
      `not every part of it was understood: ${bound.notUnderstood.join(', ')}`,
    );
  }
  return { kind: 'read', query: normalize(bound.query) };
}

function oldest(fresh: readonly ServableMart[], used: readonly string[]): number {
  return Math.min(
    ...fresh
      .filter(({ view }) => used.includes(view.relation))
      .map(({ mart }) => mart.current?.verifiedFreshAt ?? 0),
  );
}

function refuse(
  code: string,
  text: string,
): { readonly kind: 'refuse'; readonly because: readonly MissReason[] } {
  return { kind: 'refuse', because: [{ code, text }] };
}
