import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import { openBigquery } from '../../../src/connectors/bigquery/bigquery-connector.ts';
import type { CallOptions, Connector } from '../../../src/connectors/connector.ts';
import { IN_TIME_MS } from '../../in-time.ts';
import { type BigqueryServer, startBigquery } from '../../servers/bigquery-server.ts';
import { targetOf } from '../../servers/bigquery-target.ts';
import { liveBytes } from '../live-bytes.ts';

const options: CallOptions = { purpose: 'catalog' };
const ENDLESS =
  'select sum(a * b) from unnest(generate_array(1, 1000000)) as a, unnest(generate_array(1, 1000000)) as b';

let server: BigqueryServer;
let connector: Connector;
/** Whose reader might write, by its grants. */
let able: Connector;

beforeAll(async () => {
  server = await startBigquery();
  connector = await openBigquery(targetOf(server));
  able = await openBigquery({
    ...targetOf(server),
    reader: { keyFile: server.keyFileOf('writer') },
  });
});
afterAll(async () => {
  await connector.close();
  await server.stop();
});

async function cellsOf(sql: string) {
  return (await connector.query(sql, options)).rows;
}

describe('values', () => {
  it('keep every digit of the largest 64-bit integer and of a decimal', async () => {
    const sql =
      "select cast(9223372036854775807 as int64), cast(-9223372036854775808 as int64), cast('12345678901234567890123456789.123456789' as numeric)";

    expect(await cellsOf(sql)).toEqual([
      ['9223372036854775807', '-9223372036854775808', '12345678901234567890123456789.123456789'],
    ]);
  });

  it('are ISO texts for dates and times, to the microsecond, in UTC where they have a zone', async () => {
    const sql = `select date '2024-02-29' as a, datetime '2024-02-29 23:59:59.123456' as b,
  timestamp '2024-02-29 23:59:59.123456+00' as c, timestamp '2024-02-29 20:00:00+00' as d, timestamp '1969-12-31 23:59:59.5+00' as e`;

    expect(await cellsOf(sql)).toEqual([
      [
        '2024-02-29',
        '2024-02-29T23:59:59.123456',
        '2024-02-29T23:59:59.123456Z',
        '2024-02-29T20:00:00Z',
        '1969-12-31T23:59:59.5Z',
      ],
    ]);
  });

  it('tell null from an empty text, and truths, numbers, arrays and structs from texts', async () => {
    const sql =
      "select cast(null as string) as a, '' as b, true as c, cast(0.5 as float64) as d, [1, 2] as e, struct(1 as x, 'y' as z) as f";

    expect(await cellsOf(sql)).toEqual([[null, '', true, 0.5, ['1', '2'], { x: '1', z: 'y' }]]);
  });

  it('come under their columns’ names and GoogleSQL’s types', async () => {
    const { columns } = await connector.query(
      'select 1 as `Id`, cast(null as float64) as f, [true] as list, struct(date "2024-01-01" as d) as s limit 0',
      options,
    );

    expect(columns).toEqual([
      { name: 'Id', type: 'INT64' },
      { name: 'f', type: 'FLOAT64' },
      { name: 'list', type: 'ARRAY<BOOL>' },
      { name: 's', type: 'STRUCT<d DATE>' },
    ]);
  });
});

describe('streams', () => {
  const rows = (count: number) => `select n from unnest(generate_array(0, ${count - 1})) as n`;

  it('yield 150,000 rows in order, and hold a page, not the result: the last find less than 10 MB held', async () => {
    let seen = 0;
    let before = 0;
    let held = 0;
    for await (const chunk of connector.stream(rows(150_000), options)) {
      // Our server, in this process too, holds the whole result from the first page on.
      before = seen === 0 ? liveBytes() : before;
      expect(chunk[0]).toEqual([String(seen)]);
      expect(chunk.length).toBeLessThanOrEqual(5_000);
      seen += chunk.length;
      held = seen < 140_000 ? held : Math.max(held, liveBytes() - before);
    }

    expect(seen).toBe(150_000);
    expect(before).toBeGreaterThan(0);
    expect(held).toBeLessThan(10 * 1024 * 1024);
  });

  it('can be left early: the job is cancelled, and the connector goes on working', async () => {
    for await (const chunk of connector.stream(rows(100_000), options)) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }

    expect(server.requests().at(-1)).toBe('cancel');
    expect(await cellsOf('select 1')).toEqual([['1']]);
  });
});

describe('cancelling', () => {
  it('runs nothing once the signal has aborted', async () => {
    const before = server.jobs().length;

    await expect(
      connector.execute('select 1', { ...options, signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect(server.jobs().length).toBe(before);
  });

  it('ends a running job on the server within 2 seconds of the abort', async () => {
    const controller = new AbortController();
    const running = connector.query(ENDLESS, { ...options, signal: controller.signal });
    setTimeout(() => controller.abort(), 200);
    const startedAt = performance.now();

    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    expect(performance.now() - startedAt).toBeLessThan(IN_TIME_MS);
    const job = server.jobs().at(-1);
    await job?.done;
    expect(job?.problem?.reason).toBe('stopped');
  });

  it('ends a job within 2 seconds of its time limit, names the limit, and may be retried', async () => {
    const startedAt = performance.now();

    await expect(connector.query(ENDLESS, { ...options, timeoutMs: 200 })).rejects.toMatchObject({
      code: 'CONNECTOR_TIMEOUT',
      retryable: true,
      message: expect.stringContaining('limit 200 ms'),
    });
    expect(performance.now() - startedAt).toBeLessThan(IN_TIME_MS);
    await server.jobs().at(-1)?.done;
  });
});

describe('our own statements', () => {
  it('carry a tag in label and text, a limit of time on the server and a cap of what they may be billed', async () => {
    await connector.query('select 7', { purpose: 'measure', timeoutMs: 5_000 });

    expect(server.jobs().at(-1)).toMatchObject({
      labels: { goldsmith: 'measure' },
      query: "/* goldsmith='measure' */ select 7",
      jobTimeoutMs: 5_000,
      maximumBytesBilled: 2 ** 40,
    });
  });

  it('are refused unrun beyond the cap, in a sentence that names the setting', async () => {
    const poor = await openBigquery({ ...targetOf(server), maximumBytesBilled: 1024 }).catch(
      (error: unknown) => error,
    );

    expect(String(poor)).toContain('warehouse.bigquery.maxGibBilled');
  });

  it('cost what the service bills: bytes on demand, slots in an edition', async () => {
    const slots = await openBigquery({ ...targetOf(server), billing: 'slots' });

    const perByte = (await connector.query('select 1', options)).cost.cpuMs;
    const perSlot = (await slots.query('select 1', options)).cost.cpuMs;

    // 10 MiB of a TiB, a TiB being an hour of the price; 1.5 slot-seconds.
    expect(perByte).toBeCloseTo((10 / 2 ** 20) * 3_600_000, 6);
    expect(perSlot).toBe(1500);
  });
});

describe('errors', () => {
  it('name a missing relation, and say it is not worth retrying', async () => {
    await expect(cellsOf('select * from shop.nowhere')).rejects.toMatchObject({
      code: 'CONNECTOR_RELATION_MISSING',
      retryable: false,
      message: expect.stringContaining('nowhere'),
    });
  });

  it.each(["selekt 'secret-literal'", "select cast('secret-literal' as int64)"])(
    'keep literals out of the message: %s',
    async (sql) => {
      const error = await cellsOf(sql).catch((caught: unknown) => caught);

      expect(error).toMatchObject({ code: 'CONNECTOR_BAD_SQL' });
      expect(String(error)).not.toContain('secret-literal');
    },
  );

  it('refuse a write of the reader, by the service’s own word', async () => {
    const { writer: _none, ...reading } = targetOf(server);
    const looking = await openBigquery(reading);

    await expect(looking.execute('create table shop.x (a int64)', options)).rejects.toMatchObject({
      code: 'CONNECTOR_READ_ONLY',
    });
    await expect(looking.query('insert into shop.x values (1)', options)).rejects.toMatchObject({
      code: 'CONNECTOR_PERMISSION_DENIED',
    });
  });

  it.each([
    ['another project', { project: 'elsewhere' }, 'CONNECTOR_DATABASE_MISSING'],
    ['another location', { location: 'US' }, 'CONNECTOR_RELATION_MISSING'],
    ['nobody at the address', { apiEndpoint: 'http://127.0.0.1:9' }, 'CONNECTOR_UNREACHABLE'],
  ])('tell %s at the opening', async (_what, change, code) => {
    await expect(openBigquery({ ...targetOf(server), ...change })).rejects.toMatchObject({ code });
  });

  it('tell a sign-in that is refused', async () => {
    const stranger = { keyFile: server.keyFileOf('stranger') };

    await expect(openBigquery({ ...targetOf(server), reader: stranger })).rejects.toMatchObject({
      code: 'CONNECTOR_SIGN_IN_FAILED',
    });
  });
});

describe('transactions', () => {
  const writing = { ...options, readOnly: false };
  const reading = { ...options, readOnly: true };
  const counted = async () => (await cellsOf('select count(*) as n from shop.counted'))[0]?.[0];

  beforeAll(() => connector.execute('create table shop.counted (n int64)', options));

  it('keep what was done when the work resolves, and undo it when it rejects', async () => {
    await connector.transaction(
      (session) => session.execute('insert into shop.counted (n) values (1)', options),
      writing,
    );
    const cause = new Error('not equal');
    const failing = connector.transaction(async (session) => {
      await session.execute('insert into shop.counted (n) values (2)', options);
      throw cause;
    }, writing);

    await expect(failing).rejects.toBe(cause);
    expect(await counted()).toBe('1');
  });

  it('see one snapshot from their first look, whatever others commit', async () => {
    const seen = await connector.transaction(async (session) => {
      const sql = 'select count(*) as n from shop.counted';
      const first = await session.query(sql, options);
      await connector.execute('insert into shop.counted (n) values (3)', options);
      const again = await session.query(sql, options);
      return [first.rows, again.rows];
    }, reading);

    expect(seen).toEqual([[['1']], [['1']]]);
    expect(await counted()).toBe('2');
  });

  it('refuse a write when they are read-only, before it is sent, whatever the grants', async () => {
    const refused = able.transaction(
      (session) => session.execute('insert into shop.counted (n) values (5)', options),
      reading,
    );

    await expect(refused).rejects.toMatchObject({ code: 'CONNECTOR_READ_ONLY' });
    expect(await counted()).toBe('2');
  });

  it('take no DDL: the service refuses it, and the capabilities say so', async () => {
    const refused = connector.transaction(
      (session) => session.execute('create table shop.inside (n int64)', options),
      writing,
    );

    await expect(refused).rejects.toMatchObject({ code: 'CONNECTOR_BAD_SQL' });
    expect(connector.capabilities).toMatchObject({ transactionalDdl: false, canWrite: true });
  });

  it('that write the same row conflict, and the loser may be retried', async () => {
    const losing = connector.transaction(async (session) => {
      await session.query('select * from shop.counted', options);
      await connector.execute('update shop.counted set n = 10 where n = 1', options);
      await session.execute('update shop.counted set n = 20 where n = 1', options);
    }, writing);

    await expect(losing).rejects.toMatchObject({ code: 'CONNECTOR_CONFLICT', retryable: true });
  });

  it('run statements asked for at once one after the other, and none beside an open stream', async () => {
    const results = await connector.transaction(
      (session) => Promise.all([1, 2, 3].map((n) => session.query(`select ${n} as n`, options))),
      reading,
    );
    const clumsy = connector.transaction(async (session) => {
      for await (const _chunk of session.stream('select 1 as n', options)) {
        await session.query('select 1', options);
      }
    }, reading);

    expect(results.map(({ rows }) => rows[0]?.[0])).toEqual(['1', '2', '3']);
    await expect(clumsy).rejects.toMatchObject({ code: 'CONNECTOR_BUSY' });
  });
});

describe('the catalog', () => {
  it('tells columns, keys, references, sizes, comments and view definitions', async () => {
    await connector.execute(
      "create table `shop`.`customers` (id int64 not null, `First Name` string, primary key (id) not enforced) options (description = 'who buys')",
      options,
    );
    await connector.execute(
      'create table shop.orders (id int64, customer_id int64, amount numeric(10, 2), foreign key (customer_id) references shop.customers (id) not enforced)',
      options,
    );
    await server.people("insert into shop.customers values (1, 'a'), (2, 'b')");
    await connector.execute(
      'create or replace view shop.named as select id, amount from shop.orders',
      options,
    );

    const catalog = await connector.readCatalog(options);
    const found = (name: string) =>
      catalog.find(({ id }) => id === relationId({ schema: 'shop', name }));

    expect(found('customers')).toEqual({
      id: 'shop.customers',
      kind: 'table',
      columns: [
        { name: 'id', type: 'INT64', notNull: true },
        { name: 'First Name', type: 'STRING', notNull: false },
      ],
      keys: [{ columns: ['id'], primary: true }],
      foreignKeys: [],
      rows: 2,
      bytes: expect.any(Number),
      comment: 'who buys',
      createdAt: Date.UTC(2026, 0, 1),
    });
    expect(found('orders')).toMatchObject({
      columns: [{}, {}, { name: 'amount', type: 'NUMERIC(10,2)' }],
      foreignKeys: [
        { columns: ['customer_id'], references: 'shop.customers', referencedColumns: ['id'] },
      ],
    });
    expect(found('named')).toMatchObject({
      kind: 'view',
      definitionSql: 'select id, amount from shop.orders',
    });
  });

  it('leaves out a reference over several columns, since nothing tells which refers to which', async () => {
    await connector.execute(
      'create table shop.pairs (a int64, b int64, primary key (a, b) not enforced)',
      options,
    );
    await connector.execute(
      'create table shop.uses (x int64, y int64, foreign key (x, y) references shop.pairs (a, b) not enforced)',
      options,
    );

    const catalog = await connector.readCatalog(options);

    expect(catalog.find(({ id }) => id === 'shop.pairs')?.keys).toEqual([
      { columns: ['a', 'b'], primary: true },
    ]);
    expect(catalog.find(({ id }) => id === 'shop.uses')?.foreignKeys).toEqual([]);
  });
});

describe('replays', () => {
  const replay = (sql: string) => able.query(sql, { purpose: 'replay' });

  it('take one SELECT of the service’s own functions', async () => {
    expect((await replay('select abs(-1) as a')).rows).toEqual([['1']]);
  });

  it.each([
    ['create table shop.y (a int64)', 'calls it CREATE_TABLE, not a SELECT'],
    ['select shop.custom(1) as a', 'functions that people made'],
    ["select ml.predict(1, 'x') as a", 'functions that people made'],
    ['select session_user() as a', 'reach outside the warehouse'],
  ])('refuse what does more: %s', async (sql, because) => {
    await expect(replay(sql)).rejects.toMatchObject({
      code: 'CONNECTOR_UNSAFE_REPLAY',
      message: expect.stringContaining(because),
    });
  });
});
