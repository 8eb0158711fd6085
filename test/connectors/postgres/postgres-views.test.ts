import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Connector } from '../../../src/connectors/connector.ts';
import type { Action } from '../../../src/plan/action.ts';
import { meterConnector } from '../../../src/prove/metered.ts';
import {
  build,
  DAY,
  HOUR,
  id,
  type LoopSubject,
  type LoopWorld,
  openLoopWorld,
  SALES,
  START,
  salesDefinition,
  toVersion,
} from '../../conformance/loop-world.ts';
import {
  type PostgresCluster,
  postgresBinaries,
  startPostgres,
} from '../../servers/postgres-cluster.ts';
import { identities, ownDatabase } from '../../servers/postgres-identities.ts';

/** A clock that says what the server's does, so that views carry their expiry. */
const systemClock = { kind: 'system', now: () => Date.now(), sleep: async () => {} } as const;

describe.skipIf(postgresBinaries === undefined)('what PostgreSQL makes of a stable view', () => {
  let cluster: PostgresCluster;
  let world: LoopWorld & { readonly database: string };

  const subject: LoopSubject = {
    name: 'postgres',
    schema: 'public',
    types: { text: 'text', bigint: 'bigint', sumOfMoney: 'numeric' },
    open: () => ownDatabase(cluster),
  };
  const definition = salesDefinition(subject);
  const create: Action = { kind: 'create-mart', mart: SALES, definition };

  beforeAll(async () => {
    cluster = await startPostgres();
    await identities(cluster);
    await cluster.sql(`create role analyst; grant analyst to writer; create role dashboard;
create role auditor; create role nobody_in_particular`);
  });
  afterAll(() => cluster.stop());

  beforeEach(async () => {
    world = (await openLoopWorld(subject)) as typeof world;
    return () => world.close();
  });

  async function does(actions: readonly Action[], changes = {}) {
    const outcome = await world.apply(actions, changes);
    expect(outcome.because).toMatch(/(is|are) done$/);
  }
  const admin = (sql: string) => cluster.sql(sql, world.database);

  async function planOf(sql: string): Promise<string> {
    const rows = await admin(`explain (analyze, costs off, timing off, summary off) ${sql}`);
    return rows.map((row) => String(row['QUERY PLAN'])).join('\n');
  }

  it('never begins the branch that is not due: before its expiry the sources, after it the table', async () => {
    await does([create, build(1)]);
    await does([toVersion(1, Date.now() + HOUR)], { clock: systemClock });

    const fresh = await planOf(`select * from ${SALES} where region = 'r1'`);
    expect(fresh).toMatch(/One-Time Filter[\s\S]*never executed/);
    expect(fresh).toMatch(
      /Seq Scan on gold_data\.sales_by_region__v1|Seq Scan on sales_by_region__v1 \(actual/,
    );
    expect(fresh).toMatch(/Scan on orders.*\(never executed\)/);

    await does([toVersion(1, Date.now() + 1500)], { clock: systemClock });
    await admin('select pg_sleep(1.6)');

    const expired = await planOf(`select * from ${SALES}`);
    expect(expired).toMatch(/Scan on sales_by_region__v1.*\(never executed\)/);
    expect(expired).toMatch(/Scan on orders.*\(actual rows=400/);
  });

  it('expires within a transaction that began long ago too', async () => {
    await does([create, build(1)]);
    const client = await connect();
    await client.query('begin; select 1');
    await does([toVersion(1, Date.now() + 1500)], { clock: systemClock });
    await world.people('insert into public.orders values (400, 3, 1)');
    await client.query('select pg_sleep(1.6)');

    const { rows } = await client.query(`select sum(orders)::int as n from ${SALES}`);

    expect(rows).toEqual([{ n: 401 }]);
    await client.end();
  });

  it('answers a snapshot from before the build from the sources, not from a table it sees empty', async () => {
    await does([create]);
    const client = await connect();
    await client.query('begin transaction isolation level repeatable read; select 1');
    await does([build(1), toVersion(1, START + DAY)]);

    const old = await client.query(`select sum(orders)::int as n from ${SALES}`);
    await client.query('commit');
    const now = await client.query(`select sum(orders)::int as n from ${SALES}`);

    expect(old.rows).toEqual([{ n: 400 }]);
    expect(now.rows).toEqual([{ n: 400 }]);
    await client.end();
  });

  it('keeps owner, grants and comments of a view somebody else owns, and lets only its owner read the version', async () => {
    const sql = 'select region, count(*) as customers from public.customers group by region';
    const report = id('gold.report');
    const table = id('gold_data.report__v1');
    await world.people('create schema gold');
    await admin(`grant create, usage on schema gold to analyst; grant usage on schema gold to dashboard;
grant select on public.customers to analyst; set role analyst;
create view gold.report as ${sql};
grant select on gold.report to dashboard with grant option;
grant select (region) on gold.report to auditor;`);
    const stored = await definitionOf('gold.report');
    const access = () =>
      admin(`select relowner::regrole::text as owner, relacl::text as acl, attacl::text as column_acl
from pg_class join pg_attribute on attrelid = pg_class.oid and attname = 'region' where pg_class.oid = 'gold.report'::regclass`);
    const before = await access();

    await does([
      {
        kind: 'adopt-view',
        mart: report,
        originalSql: stored,
        definition: {
          ...definition,
          relation: report,
          origin: 'adopted',
          sql,
          columns: [
            { name: 'region', type: 'text' },
            { name: 'customers', type: 'bigint' },
          ],
          sources: [id('public.customers')],
          obligations: [],
        },
      },
      {
        ...(build(1) as Extract<Action, { kind: 'build-version' }>),
        mart: report,
        table,
        reason: 'refresh',
        replay: [],
      },
      {
        kind: 'repoint-view',
        mart: report,
        to: { kind: 'version', version: 1, table, freshUntil: START + DAY },
      },
    ]);

    expect(await access()).toEqual(before);
    expect(
      await admin('set role dashboard; select sum(customers)::int as n from gold.report'),
    ).toEqual([{ n: 20 }]);
    await expect(admin(`set role dashboard; select * from ${table}`)).rejects.toThrow(
      /permission denied/,
    );
  });

  it('of ours is refused readers who may not read what it is made of, and the loss of its options, and taken once they may', async () => {
    await does([create, build(1)]);
    await admin(`grant select on ${SALES} to nobody_in_particular`);

    const outcome = await world.apply([toVersion(1, START + DAY)]);
    expect(outcome.steps[0]).toMatchObject({
      code: 'WIDER_EYES',
      detail: expect.stringMatching(
        /^nobody_in_particular may read gold.sales_by_region but not public.customers/,
      ),
    });

    await admin('grant select on public.customers, public.orders to nobody_in_particular');
    await admin(`alter view ${SALES} set (security_barrier = true)`);
    const barred = await world.apply([toVersion(1, START + DAY)]);
    expect(barred.steps[0]).toMatchObject({
      code: 'ACCESS_CHANGES',
      detail: expect.stringContaining('lose the options it has (security_barrier=true, then none)'),
    });

    await admin(`alter view ${SALES} reset (security_barrier)`);
    await does([toVersion(1, START + DAY)]);
  });

  it.for([
    ['by what its build proved', 0],
    ['by asking both sides, long after its build', 2 * HOUR],
  ] as const)(
    'is compared before it is replaced, so that its readers wait for the swap alone: %s',
    async ([, later]) => {
      await does([create, build(1)]);
      await world.people(
        `create view public.total as select sum(orders) as orders from ${SALES};
create view public.first_region as select region from ${SALES} order by region limit 1`,
      );
      const sent: string[] = [];
      const { connector } = world;
      const listening: Connector = {
        ...meterConnector(connector, () => undefined),
        transaction: (work, options) =>
          connector.transaction(
            (session) =>
              work({
                wording: session.wording,
                stream: (sql, call) => session.stream(sql, call),
                query: (sql, call) => {
                  sent.push(sql);
                  return session.query(sql, call);
                },
                execute: (sql, call) => {
                  sent.push(sql);
                  return session.execute(sql, call);
                },
              }),
            options,
          ),
      };

      world.clock.turnTo(world.clock.now() + later);
      await does([toVersion(1, START + DAY)], { connector: listening });

      const swap = sent.findIndex((sql) => sql.startsWith('create or replace view'));
      const compared = (sql: string) => sql.includes('hashtextextended') && sql.includes('c0');
      const asked = (relation: string) => (sql: string) => compared(sql) && sql.includes(relation);
      expect(swap).toBeGreaterThan(0);
      expect(sent.slice(0, swap).filter(compared).length).toBeGreaterThanOrEqual(4);
      const afterwards = sent.slice(swap).filter(compared);
      expect(afterwards.filter(asked('"first_region"'))).toHaveLength(1);
      expect(afterwards).toHaveLength(1);
    },
  );

  it('stays a view where a source has row policies, and says why', async () => {
    await world.people('alter table public.orders enable row level security');
    await world.people('create policy everything on public.orders using (true)');

    const outcome = await world.apply([create, build(1)]);

    expect(outcome.steps[1]).toMatchObject({
      code: 'ROW_POLICIES',
      detail: expect.stringContaining('public.orders has row level security'),
    });
  });

  it('takes a table over under the views that read it, with every grant, and gives it back as a table', async () => {
    const sql = 'select region, count(*) as customers from public.customers group by region';
    const report = id('gold.report');
    const table = id('gold_data.report__v1');
    await world.people('create schema gold');
    await admin(`grant create, usage on schema gold to analyst; grant usage on schema gold to dashboard;
grant select on public.customers to analyst; set role analyst;
create table gold.report as ${sql};
comment on table gold.report is 'kept by the sales team';
grant select on gold.report to dashboard;
create view gold.report_total as select sum(customers)::int as total from gold.report;
comment on column gold.report_total.total is 'all heads';
create view gold.report_twice as select total, (select count(*)::int from gold.report) as regions from gold.report_total;
grant select on gold.report_total, gold.report_twice to dashboard;
grant select on gold.report, gold.report_total to writer;`);
    const asked = 'set role dashboard; select total, regions from gold.report_twice';
    const access = () =>
      admin(`select relname, relowner::regrole::text as owner, relacl::text as acl, obj_description(oid) as comment,
  col_description(oid, 1) as on_column from pg_class where relnamespace = 'gold'::regnamespace and relkind in ('r', 'v') order by 1`);
    const before = await access();
    const is = { mart: report, version: 1, table };

    await does([
      {
        kind: 'adopt-table',
        ...is,
        freshUntil: START + DAY,
        definition: {
          ...definition,
          relation: report,
          origin: 'adopted',
          sql,
          columns: [
            { name: 'region', type: 'text' },
            { name: 'customers', type: 'bigint' },
          ],
          sources: [id('public.customers')],
          obligations: [],
        },
      },
    ]);

    expect(await access()).toEqual(before);
    expect(await admin(asked)).toEqual([{ total: 20, regions: 4 }]);
    expect(await definitionOf('gold.report')).toContain('report__v1');

    await does([{ kind: 'repoint-view', mart: report, to: { kind: 'logical' } }]);
    world.clock.turnTo(START + 30 * DAY);
    await does([
      { kind: 'drop-version', ...is },
      { kind: 'release-mart', mart: report },
    ]);

    expect(await access()).toEqual(before);
    expect(await admin(asked)).toEqual([{ total: 20, regions: 4 }]);
  });

  it('refuses a table under a view it could not make again', async () => {
    await world.people('create schema gold');
    await world.people('create table gold.report as select count(*) as n from public.customers');
    await world.people('create materialized view gold.kept as select n from gold.report');

    const outcome = await world.apply([
      {
        kind: 'adopt-table',
        mart: id('gold.report'),
        version: 1,
        table: id('gold_data.report__v1'),
        freshUntil: START + DAY,
        definition: {
          ...definition,
          relation: id('gold.report'),
          origin: 'adopted',
          sql: 'select count(*) as n from public.customers',
          columns: [{ name: 'n', type: 'bigint' }],
          sources: [id('public.customers')],
          obligations: [],
        },
      },
    ]);

    expect(outcome.steps[0]).toMatchObject({
      code: 'CANNOT_REBIND',
      detail: 'gold.kept reads it and is not a plain view, so it could not be made again as it is',
    });
    expect(await admin('select n::int from gold.kept')).toEqual([{ n: 20 }]);
  });

  async function definitionOf(relation: string): Promise<string> {
    const catalog = await world.connector.readCatalog({ purpose: 'catalog' });
    return catalog.find(({ id: found }) => found === relation)?.definitionSql ?? '';
  }

  async function connect(): Promise<pg.Client> {
    const { socketFolder: host, port } = cluster;
    const client = new pg.Client({ host, port, user: 'postgres', database: world.database });
    await client.connect();
    return client;
  }
});
