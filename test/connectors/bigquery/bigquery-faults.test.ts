import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openBigquery } from '../../../src/connectors/bigquery/bigquery-connector.ts';
import type { CallOptions, Connector } from '../../../src/connectors/connector.ts';
import { IN_TIME_MS } from '../../in-time.ts';
import type { BigqueryFault } from '../../servers/bigquery-faults.ts';
import { type BigqueryServer, startBigquery } from '../../servers/bigquery-server.ts';
import { targetOf } from '../../servers/bigquery-target.ts';

const options: CallOptions = { purpose: 'catalog' };

let server: BigqueryServer;
let connector: Connector;

beforeAll(async () => {
  server = await startBigquery();
  await server.people('create table shop.written (n bigint)');
  connector = await openBigquery(targetOf(server));
});
afterAll(() => server.stop());
beforeEach(() => server.people('delete from shop.written'));

async function written() {
  return (await connector.query('select count(*) as n from shop.written', options)).rows[0]?.[0];
}

describe('a fault on the way', () => {
  it.each<BigqueryFault['kind']>([
    'reset',
    'unavailable',
    'throttled',
    'truncated',
    'expired',
    'slow',
  ])(
    'of kind %s, when a write is asked for and when its outcome is: it is written once',
    async (kind) => {
      server.faults.add({ on: 'insert', kind });
      server.faults.add({ on: 'results', kind });

      await connector.execute('insert into shop.written (n) values (1)', options);

      expect(await written()).toBe('1');
    },
  );

  it('that loses the answer to a write which was committed is found out by the job’s id, and the write is not done twice', async () => {
    const jobs = server.jobs().length;
    server.faults.add({ on: 'insert', kind: 'lost' });

    const { rowsReturned } = await connector.execute(
      'insert into shop.written (n) values (1), (2)',
      options,
    );

    expect(rowsReturned).toBe(2);
    expect(await written()).toBe('2');
    expect(server.jobs().length).toBe(jobs + 2);
  });

  it('that loses the end of a transaction does not lose the transaction', async () => {
    server.faults.add({ on: 'insert', kind: 'lost', after: 2 });

    await connector.transaction(
      (session) => session.execute('insert into shop.written (n) values (1)', options),
      { ...options, readOnly: false },
    );

    expect(await written()).toBe('1');
  });

  it('in the middle of a result asks for the same page again: no row is lost or doubled', async () => {
    server.faults.add({ on: 'results', kind: 'truncated', after: 2, times: 2 });
    const seen: unknown[] = [];
    const sql = 'select n from unnest(generate_array(0, 19999)) as n';
    for await (const chunk of connector.stream(sql, options)) {
      seen.push(...chunk.map(([n]) => n));
    }

    expect(seen).toEqual(Array.from({ length: 20_000 }, (_, n) => String(n)));
  });

  it.each([
    ['unavailable', 'results', 1],
    ['reset', 'insert', 1],
    // Under its id a job that failed stays so.
    ['failed', 'results', 2],
  ] as const)(
    'of kind %s before the first row of a stream or a result costs nothing but time',
    async (kind, on, jobsTaken) => {
      const jobs = server.jobs().length;
      for (const read of ['stream', 'query'] as const) {
        server.faults.add({ on, kind });
        const costs: number[] = [];
        const seen: unknown[] = [];
        if (read === 'stream') {
          const told = { ...options, onCost: () => void costs.push(1) };
          for await (const chunk of connector.stream('select 7 as n', told)) {
            seen.push(...chunk.flat());
          }
          expect(costs).toEqual([1]);
        } else {
          seen.push(...(await connector.query('select 7 as n', options)).rows.flat());
        }
        expect(seen).toEqual(['7']);
      }
      expect(server.jobs().length - jobs).toBe(2 * jobsTaken);
    },
  );

  it('that is a job the service keeps failing at is told after the third', async () => {
    const jobs = server.jobs().length;
    server.faults.add({ on: 'results', kind: 'failed', times: 3 });

    await expect(connector.query('select 7 as n', options)).rejects.toMatchObject({
      code: 'CONNECTOR_UNREACHABLE',
      retryable: true,
    });
    expect(server.jobs().length - jobs).toBe(3);
  });

  it('that does not pass is told after five attempts, as worth trying later', async () => {
    server.faults.add({ on: 'insert', kind: 'unavailable', times: 5 });
    const before = server.requests().filter((kind) => kind === 'insert').length;

    await expect(connector.query('select 1', options)).rejects.toMatchObject({
      code: 'CONNECTOR_UNREACHABLE',
      retryable: true,
    });
    expect(server.requests().filter((kind) => kind === 'insert').length).toBe(before + 5);
  });

  it('that lasts while we are told to stop does not keep us', async () => {
    server.faults.add({ on: 'results', kind: 'slow', ms: 5_000 });
    const controller = new AbortController();
    const running = connector.query('select 1', { ...options, signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    const startedAt = performance.now();

    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    expect(performance.now() - startedAt).toBeLessThan(IN_TIME_MS);
  });
});

it('a job told to stop while it is being made is cancelled once it is there', async () => {
  server.faults.add({ on: 'insert', kind: 'slow', ms: 600 });
  const controller = new AbortController();
  const running = connector.query(
    'select sum(a * b) from unnest(generate_array(1, 1000000)) as a, unnest(generate_array(1, 1000000)) as b',
    { ...options, signal: controller.signal },
  );
  const before = server.jobs().length;
  setTimeout(() => controller.abort(), 100);

  await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  await expect.poll(() => server.jobs().length).toBe(before + 1);
  await server.jobs().at(-1)?.done;
  expect(server.jobs().at(-1)?.problem?.reason).toBe('stopped');
});

describe('a token', () => {
  it('that the service takes no more is replaced by a new one, once', async () => {
    server.expireTokens();

    expect((await connector.query('select 1', options)).rows).toEqual([['1']]);
  });

  it('that no new one replaces is told as a sign-in that failed', async () => {
    server.faults.add({ on: 'insert', kind: 'expired', times: 10 });

    await expect(connector.query('select 1', options)).rejects.toMatchObject({
      code: 'CONNECTOR_SIGN_IN_FAILED',
      retryable: false,
    });
  });
});
