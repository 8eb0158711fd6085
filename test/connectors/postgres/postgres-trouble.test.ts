import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import { diagnosePostgres } from '../../../src/connectors/postgres/diagnose.ts';
import { openPostgres } from '../../../src/connectors/postgres/postgres-connector.ts';
import { dryRunStatements } from '../../../src/materializer/dry-run.ts';
import { guardMarts } from '../../../src/materializer/quarantine.ts';
import { resumeInterrupted } from '../../../src/materializer/resume.ts';
import type { Action } from '../../../src/plan/action.ts';
import {
  build,
  DAY,
  type LoopSubject,
  type LoopWorld,
  openLoopWorld,
  SALES,
  START,
  salesDefinition,
  toLogical,
  toVersion,
} from '../../conformance/loop-world.ts';
import {
  type PostgresCluster,
  postgresBinaries,
  startPostgres,
} from '../../servers/postgres-cluster.ts';
import { addressOf, identities, ownDatabase } from '../../servers/postgres-identities.ts';

describe.skipIf(postgresBinaries === undefined)('PostgreSQL in trouble', () => {
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
  const ASKED = `select sum(orders)::int as n from ${SALES}`;

  beforeAll(async () => {
    cluster = await startPostgres();
    await identities(cluster);
  });
  afterAll(() => cluster.stop());

  beforeEach(async () => {
    world = (await openLoopWorld(subject)) as typeof world;
    return () => world.close();
  });

  const admin = (sql: string) => cluster.sql(sql, world.database);
  async function failing(actions: readonly Action[], changes = {}) {
    const outcome = await world.apply(actions, changes);
    return outcome.steps.at(-1);
  }
  async function asReaders(): Promise<unknown> {
    return (await admin(ASKED))[0]?.['n'];
  }

  it.for([
    ['a wrong host', { host: '127.0.0.1', port: 1 }, 'CONNECTOR_UNREACHABLE'],
    ['a wrong database', { database: 'nowhere' }, 'CONNECTOR_DATABASE_MISSING'],
  ] as const)('tells %s in one sentence', async ([, wrong, code]) => {
    const opening = openPostgres({
      name: 'shop',
      reader: { ...addressOf(cluster, 'reader'), ...wrong },
      sleep: async () => {},
    });

    await expect(opening).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/^shop: [^\n]+$/),
    });
  });

  it('loses a grant during a run: the step fails with its name, readers keep their answer, and given back it goes on', async () => {
    await world.apply([create]);

    const step = await failing([build(1)], {
      faults: async ({ moment }: { readonly moment: string }) => {
        if (moment === 'before') {
          await admin(
            `revoke select on public.orders from writer, people; revoke select on ${SALES} from people`,
          );
        }
      },
    });

    expect(step).toMatchObject({
      outcome: 'failed',
      code: 'CONNECTOR_PERMISSION_DENIED',
      detail: expect.stringMatching(/orders/),
    });
    expect(step?.detail).not.toContain('\n');
    await admin('grant select on public.orders to writer, people');
    expect(await asReaders()).toBe(400);
    const again = await world.apply([build(1), toVersion(1, START + DAY)]);
    expect(again.because).toMatch(/(is|are) done$/);
  });

  it.for([
    ['a renamed table', 'alter table public.orders rename to orders_of_old', 'public.orders'],
    ['a dropped schema', 'drop schema gold cascade', 'gold.sales_by_region'],
  ] as const)('meets %s: one sentence names it', async ([, change, named]) => {
    await world.apply([create]);
    await admin(change);

    const step = await failing([build(1)]);

    expect(step?.outcome).toBe('failed');
    expect(step?.detail).toContain(named);
    expect(step?.detail).not.toContain('\n');
    expect(await world.ledger.openEntries()).toEqual([]);
  });

  it('is restarted during a build: the step fails in one sentence, the next start clears up, and it is built again', async () => {
    await world.apply([create]);
    let restarted = false;

    const step = await failing([build(1)], {
      faults: async ({ moment, nth }: { readonly moment: string; readonly nth: number }) => {
        if (moment === 'inside' && nth === 2 && !restarted) {
          restarted = true;
          await cluster.restart();
        }
      },
    });

    expect(restarted).toBe(true);
    expect(step).toMatchObject({ outcome: 'failed', code: 'CONNECTOR_UNREACHABLE' });
    expect(step?.detail).not.toContain('\n');
    expect(await asReaders()).toBe(400);
    await resumeInterrupted(world.work);
    expect(await world.ledger.openEntries()).toEqual([]);
    const again = await world.apply([build(1), toVersion(1, START + DAY)]);
    expect(again.because).toMatch(/(is|are) done$/);
    expect(await asReaders()).toBe(400);
  });

  const TABLE = 'gold_data.sales_by_region__v1';

  it('may no longer look at one mart: it is told of that one, and the look goes on', async () => {
    await world.apply([create, build(1), toVersion(1, START + DAY)]);
    await admin(`alter table ${TABLE} owner to postgres`);
    await admin(`revoke all on ${TABLE} from writer, reader, people`);

    const { quarantined, withdrawn, unsettled } = await guardMarts(world.work);

    expect([quarantined, withdrawn]).toEqual([[], []]);
    expect([...unsettled]).toEqual([
      [
        SALES,
        {
          code: 'CONNECTOR_PERMISSION_DENIED',
          because: expect.stringContaining('for table sales_by_region__v1'),
        },
      ],
    ]);
  });

  it('may not drop what a killed build left: nothing is begun on that mart until it may', async () => {
    await world.apply([create, build(1), toVersion(1, START + DAY), toLogical]);
    const { ledger, lease, connector } = world.work;
    await connector.transaction(
      async (session) => {
        const record = await ledger.readRecord(SALES, session);
        if (record === undefined) {
          throw new Error('the mart stands in the ledger');
        }
        await ledger.writeRecord({ ...record, mart: { ...record.mart, hidden: [] } }, session);
        const { token: fencingToken } = lease;
        const entry = { planDigest: 'killed', step: 0, action: build(1), fencingToken };
        await ledger.begin({ ...entry, startedAt: START }, session);
      },
      { readOnly: false, purpose: 'ledger' },
    );
    await admin(`create view public.looks as select * from ${TABLE}`);

    const { waiting, left } = await resumeInterrupted(world.work);

    expect([...waiting]).toEqual([
      [
        SALES,
        {
          code: 'CONNECTOR_BAD_SQL',
          because: expect.stringMatching(
            /cannot drop table \S+__v1 because other objects depend on it/,
          ),
        },
      ],
    ]);
    expect(left).toEqual([TABLE]);
    const refused = await world.apply([build(2)], { waiting });
    expect(refused.steps).toMatchObject([{ outcome: 'refused', code: 'CONNECTOR_BAD_SQL' }]);
    await admin('drop view public.looks');
    expect(await resumeInterrupted(world.work)).toMatchObject({
      steps: [{ outcome: 'undone', detail: expect.stringContaining(TABLE) }],
      waiting: new Map(),
    });
  });

  it('is told by the doctor when clocks disagree, and not when they agree', async () => {
    const { connector } = world;
    const reader = (sql: string) => connector.query(sql, { purpose: 'catalog' });
    const toldAt = async (skewMs: number) => {
      const needs = { schemas: [], adoptable: [], writes: false, users: [] };
      const findings = await diagnosePostgres(
        { reader },
        { ...needs, now: () => Date.now() - skewMs },
      );
      return findings.filter(({ detail }) => /clock/.test(detail));
    };

    expect(await toldAt(0)).toEqual([expect.objectContaining({ ok: true, isWarning: false })]);
    const [found] = await toldAt(3_600_000);
    expect(found).toMatchObject({
      detail: expect.stringMatching(
        /^the server's clock is \d{7} ms ahead of ours, [^\n]*time server$/,
      ),
    });
    expect(found?.ok).toBe(false);
  });

  it('is asked to try every kind of statement, and nothing is changed', async () => {
    const before = await standing();

    const results = await dryRunStatements(world.connector, await target());

    expect(results.filter(({ outcome }) => outcome !== 'accepted')).toEqual([]);
    expect(results.length).toBeGreaterThan(25);
    expect(await standing()).toEqual(before);
  });

  it('says which kind of statement it refuses, where a grant is missing', async () => {
    await world.apply([create, build(1)]);
    await admin(
      'alter schema gold owner to postgres; revoke create on schema gold from writer, people',
    );

    const results = await dryRunStatements(world.connector, await target());

    const refused = results.filter(({ outcome }) => outcome === 'refused');
    expect(refused).toEqual([
      {
        kind: 'publish a view',
        outcome: 'refused',
        detail: expect.stringMatching(/gold/),
      },
    ]);
  });

  /** Every object and column with its rows; sizes may grow by what was rolled back. */
  async function standing() {
    const catalog = await world.connector.readCatalog({ purpose: 'catalog' });
    const shapes = catalog.map(({ id, kind, columns, comment }) => ({
      id,
      kind,
      columns,
      comment,
    }));
    return {
      shapes,
      refusals: await world.ledger.readRefusals(),
      records: await world.ledger.readRecords(),
    };
  }

  async function target() {
    const catalog = await world.connector.readCatalog({ purpose: 'catalog' });
    const sample = catalog.find(
      ({ id }) => id === relationId({ schema: 'public', name: 'orders' }),
    );
    return {
      sample,
      goldSchema: 'gold',
      dataSchema: 'gold_data',
      ledgerSchema: 'goldsmith',
      writes: true,
      nativeShapes: true,
    };
  }

  it('waits no longer than it must for a server that is away', async () => {
    const { connector } = world;
    const startedAt = Date.now();
    const asked = connector.query('select pg_sleep(30)', { purpose: 'facts', timeoutMs: 200 });

    await expect(asked).rejects.toMatchObject({ code: 'CONNECTOR_TIMEOUT' });
    expect(Date.now() - startedAt).toBeLessThan(10_000);
  });
});
