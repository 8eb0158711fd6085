import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { handTurnedClock } from '../../../src/base/clock.ts';
import type { CallOptions, Connector } from '../../../src/connectors/connector.ts';
import { openDatabricks } from '../../../src/connectors/databricks/databricks-connector.ts';
import { type DatabricksServer, startDatabricks } from '../../servers/databricks-server.ts';
import { targetOn } from './open-server.ts';

const options: CallOptions = { purpose: 'catalog' };
/** As releases of 2026 say it. */
const NOT_INITIALIZED =
  'requirement failed: Session handle: SessionHandle [724b8035-43ac-47b2-bac4-1fd46996eb62] has not been initialized or had already closed.';
const NO_FOLDER = "Couldn't create directory /local_disk0/tmp/hive/724b8035_resources";

describe('a Databricks warehouse that stops by itself', () => {
  let server: DatabricksServer;
  let opened: Connector[];

  beforeAll(async () => {
    server = await startDatabricks();
  });
  afterAll(() => server.close());
  beforeEach(() => {
    server.faults.clear();
    opened = [];
  });
  afterEach(async () => {
    await Promise.all(opened.map((connector) => connector.close()));
  });

  async function open(changes: Parameters<typeof targetOn>[1] = {}): Promise<Connector> {
    const connector = await openDatabricks(targetOn(server, changes));
    opened.push(connector);
    return connector;
  }

  const asked = {
    query: (connector: Connector) => connector.query('select 1 as one', options),
    'query of the ledger': (connector: Connector) =>
      connector.query('select 1 as one', { purpose: 'ledger' }),
    execute: (connector: Connector) => connector.execute('select 1 as one', { purpose: 'build' }),
    async stream(connector: Connector) {
      for await (const chunk of connector.stream('select 1 as one', options)) {
        expect(chunk).toEqual([[1]]);
      }
    },
  } as const;

  /** As many sessions of each identity as there may be, all of them idle in the end. */
  async function busy(connector: Connector): Promise<void> {
    const all = (['verify', 'ledger'] as const).flatMap((purpose) =>
      Array.from({ length: 4 }, async (_, n) => {
        const sql = `select ${n} as ${purpose}`;
        const held = server.hold(new RegExp(sql));
        const answer = connector.query(sql, { purpose });
        await held.begun;
        return { held, answer };
      }),
    );
    for (const { held, answer } of await Promise.all(all)) {
      held.letGo();
      await answer;
    }
  }

  it.each(Object.keys(asked) as (keyof typeof asked)[])(
    'has forgotten every idle session at once: a %s goes over a new one',
    async (how) => {
      const connector = await open({ connections: 4 });
      await busy(connector);
      server.forgetSessions();

      await expect(asked[how](connector).then(() => 'done')).resolves.toBe('done');
      await expect(asked[how](connector).then(() => 'done')).resolves.toBe('done');
    },
  );

  it('ends sessions that nobody uses, since they keep it awake', async () => {
    const before = server.sessions();
    const connector = await open({ idleMs: 30 });
    await busy(connector);

    await expect.poll(() => server.sessions()).toBe(before);
    await expect(asked.query(connector)).resolves.toMatchObject({ rows: [[1]] });
  });

  it('does nothing twice that was under way when it stopped', async () => {
    const connector = await open();
    await connector.execute('create or replace table sales.once (n int) using delta', {
      purpose: 'build',
    });
    const held = server.hold(/insert into sales\.once/);
    const inserting = connector.execute('insert into sales.once values (1)', { purpose: 'build' });
    await held.begun;
    server.forgetStatements();
    held.letGo();

    await inserting;

    const { rows } = await connector.query('select count(*) from sales.once', options);
    expect(rows).toEqual([['1']]);
  });

  describe('and starts when it is asked', () => {
    const minutes = (clock: ReturnType<typeof handTurnedClock>) => {
      const told: string[] = [];
      const target = {
        now: () => clock.now(),
        sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms, signal),
        tell: (words: string) => told.push(words),
      };
      return { told, target };
    };

    it.each([
      ['HTTP 503', 'OpenSession', { is: 'status', status: 503 }],
      [
        'sessions that are not known yet',
        'ExecuteStatement',
        { is: 'refused', says: NOT_INITIALIZED },
      ],
      ['folders that are not there yet', 'ExecuteStatement', { is: 'refused', says: NO_FOLDER }],
    ] as const)('is waited for, and told once: %s', async (_name, call, kind) => {
      const clock = handTurnedClock(0);
      const { told, target } = minutes(clock);
      server.faults.add({ call, kind, times: 24 });

      const connector = await open(target);

      expect(connector.users).toEqual(['goldsmith-reader', 'goldsmith-writer']);
      expect(told).toEqual(['the warehouse is starting']);
    });

    it('is waited for by what comes after it stopped, too', async () => {
      const { told, target } = minutes(handTurnedClock(0));
      const connector = await open(target);
      server.forgetSessions();
      server.faults.add({
        call: 'ExecuteStatement',
        kind: { is: 'refused', says: NOT_INITIALIZED },
        times: 6,
      });

      await expect(asked.execute(connector).then(() => 'done')).resolves.toBe('done');
      expect(told).toEqual(['the warehouse is starting']);
    });

    it('is not waited for longer than the settings say, and says so', async () => {
      const clock = handTurnedClock(0);
      const { target } = minutes(clock);
      server.faults.add({
        call: 'ExecuteStatement',
        kind: { is: 'refused', says: NOT_INITIALIZED },
        times: 9_999,
      });

      await expect(
        open({ ...target, writer: undefined, startWithinMs: 120_000 }),
      ).rejects.toMatchObject({
        code: 'CONNECTOR_UNREACHABLE',
        retryable: true,
        message:
          'test: the warehouse has not started within 2m; look at it under SQL Warehouses, or raise warehouse.databricks.connectTimeout (it knows none of our sessions)',
      });
      expect(clock.now()).toBe(120_000);
    });

    it('is not waited for by who gives up', async () => {
      const stop = new AbortController();
      const reason = new Error('stopped by a person');
      const connector = await open({
        connections: 1,
        async sleep(_ms, signal) {
          stop.abort(reason);
          await setTimeout(60_000, undefined, signal === undefined ? {} : { signal });
        },
      });
      server.forgetSessions();
      const kind = { is: 'status', status: 503 } as const;
      server.faults.add({ call: 'OpenSession', kind, times: 9_999 });
      const { signal } = stop;
      const first = connector.query('select 1 as one', { ...options, signal });
      const queued = connector.query('select 2 as two', { ...options, signal });

      await expect(first).rejects.toBe(reason);
      await expect(queued).rejects.toBe(reason);
    });
  });
});
