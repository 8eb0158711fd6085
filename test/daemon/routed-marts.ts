import type { Clock } from '../../src/base/clock.ts';
import { digestOf } from '../../src/base/digest.ts';
import { type RelationId, relationId } from '../../src/base/relation.ts';
import type { Capabilities, Connector } from '../../src/connectors/connector.ts';
import { observeSchema } from '../../src/daemon/observe-schema.ts';
import { openFirstUse } from '../../src/daemon/route/first-use.ts';
import { openRouteService } from '../../src/daemon/route/route-service.ts';
import { makeRouteWorld, type RouteWorld } from '../../src/daemon/route/route-world.ts';
import type { RouteAnswer } from '../../src/http/service.ts';
import { type Facts, noFacts } from '../../src/marts/facts.ts';
import type { Mart, SourceState } from '../../src/marts/mart.ts';
import { describeQuery } from '../../src/prove/describe-query.ts';
import { quoteRelation } from '../../src/prove/quote.ts';
import { measureSourceState } from '../../src/prove/source-state.ts';
import type { Store } from '../../src/store/open-store.ts';
import { parse } from '../sql/match/ask.ts';

export interface RoutedMartParts {
  readonly name: string;
  readonly sql: string;
  readonly sources: readonly string[];
  readonly maxStalenessMs?: number;
  readonly facts?: Partial<Facts>;
}

/** Builds a version of a mart as the materializer would leave it: a hidden table, and the stable view over it. */
export async function buildMart(
  connector: Connector,
  {
    parts,
    clock,
    version = 1,
  }: { readonly parts: RoutedMartParts; clock: Clock; version?: number },
): Promise<Mart> {
  const { name, sql, maxStalenessMs = 60_000 } = parts;
  const relation = relationId({ schema: 'gold', name });
  const table = relationId({ schema: 'goldsmith_data', name: `${name}__v${version}` });
  const sources = parts.sources.map((source) => relationId({ schema: 'main', name: source }));
  const call = { purpose: 'build' } as const;
  await connector.execute('create schema if not exists gold', call);
  await connector.execute('create schema if not exists goldsmith_data', call);
  return connector.transaction(
    async (session) => {
      const at = clock.now();
      await session.execute(`create table ${quoteRelation(table)} as ${sql}`, call);
      await session.execute(
        `create or replace view ${quoteRelation(relation)} as select * from ${quoteRelation(table)}`,
        call,
      );
      const states: SourceState[] = [];
      for (const source of sources) {
        states.push(await measureSourceState(session, { relation: source, ...call }));
      }
      const columns = await describeQuery(session, { sql, ...call });
      const definition = {
        relation,
        origin: 'candidate' as const,
        sql,
        columns,
        sources,
        obligations: [],
        maxStalenessMs,
      };
      return {
        definition,
        definitionDigest: digestOf(definition),
        stage: 'physical' as const,
        createdAt: at,
        hidden: [],
        current: {
          version,
          table,
          builtAt: at,
          sourceStates: states,
          verifiedFreshAt: at,
          rows: 1,
          bytes: 1,
          facts: { ...noFacts, source: `build of ${relation} v${version}`, ...parts.facts },
        },
      };
    },
    { readOnly: false, ...call },
  );
}

export interface RoutedParts {
  readonly connector: Connector;
  readonly store: Store;
  readonly clock: Clock;
  readonly marts: readonly Mart[];
  readonly minimumGain?: number;
  readonly capabilities?: Partial<Capabilities>;
}

/** `route` over these marts, without a daemon around it. */
export async function routeOver({
  connector,
  store,
  clock,
  marts,
  minimumGain = -1_000,
  capabilities = {},
}: RoutedParts): Promise<(sql: string) => Promise<RouteAnswer>> {
  const schema = await observeSchema({
    connector,
    parse,
    marts,
    ownSchemas: ['goldsmith_data'],
    ownDatabase: 'memory',
  });
  const names = { database: 'memory', schema: 'main' };
  const world: RouteWorld = await makeRouteWorld({
    schema: schema.index,
    names,
    dialect: 'duckdb',
    marts,
    parse,
  });
  const able = { ...connector.capabilities, ...capabilities };
  const limited: Connector = Object.assign(Object.create(connector) as Connector, {
    capabilities: able,
  });
  const ask = openRouteService({
    parse,
    clock,
    asks: store.routeAsks,
    capabilities: able,
    holdOutShare: 0,
    world: () => world,
    firstUse: openFirstUse({
      connector: Object.keys(capabilities).length === 0 ? connector : limited,
      documents: store.documents,
      clock,
      timeoutMs: 60_000,
      minimumGain,
      priceCpu: () => 0n as never,
      onWork: () => undefined,
      trial: { databases: 64, waitMs: 60_000 },
    }),
  });
  return (sql) => ask({ sql });
}

/** A result as a multiset: its rows as text, sorted. */
export async function rowsOf(connector: Connector, sql: string): Promise<readonly string[]> {
  const { rows } = await connector.query(sql, { purpose: 'verify' });
  return rows.map((row) => JSON.stringify(row)).toSorted();
}

export function versionTable(mart: Mart | undefined): RelationId | undefined {
  return mart?.current?.table;
}
