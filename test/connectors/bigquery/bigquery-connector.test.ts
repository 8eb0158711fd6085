import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBigquery } from '../../../src/connectors/bigquery/bigquery-connector.ts';
import type { CallOptions, Connector } from '../../../src/connectors/connector.ts';
import { type BigqueryServer, startBigquery } from '../../servers/bigquery-server.ts';
import { targetOf } from '../../servers/bigquery-target.ts';

const options: CallOptions = { purpose: 'catalog' };
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

it('gives arrays and structs with what is in them, under GoogleSQL’s types', async () => {
  const { columns, rows } = await connector.query(
    "select cast(null as float64) as f, [1, 2] as list, struct(date '2024-01-01' as d, 'y' as z) as s",
    options,
  );

  expect(rows).toEqual([[null, ['1', '2'], { d: '2024-01-01', z: 'y' }]]);
  expect(columns).toEqual([
    { name: 'f', type: 'FLOAT64' },
    { name: 'list', type: 'ARRAY<INT64>' },
    { name: 's', type: 'STRUCT<d DATE, z STRING>' },
  ]);
});

it('cancels the job of a stream that is left early', async () => {
  const sql = 'select n from unnest(generate_array(0, 19999)) as n';
  for await (const chunk of connector.stream(sql, options)) {
    expect(chunk.length).toBeGreaterThan(0);
    break;
  }

  expect(server.requests().at(-1)).toBe('cancel');
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
    ['another location', { location: 'US' }, 'CONNECTOR_DATABASE_MISSING'],
  ])('tell %s at the opening', async (_what, change, code) => {
    await expect(openBigquery({ ...targetOf(server), ...change })).rejects.toMatchObject({ code });
  });
});

it('refuses a write of a read-only transaction before it is sent, whatever the grants', async () => {
  await connector.execute('create table shop.kept (n int64)', options);
  const refused = able.transaction(
    (session) => session.execute('insert into shop.kept (n) values (5)', options),
    { ...options, readOnly: true },
  );

  await expect(refused).rejects.toMatchObject({ code: 'CONNECTOR_READ_ONLY' });
  expect(await cellsOf('select * from shop.kept')).toEqual([]);
});

describe('the catalog', () => {
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
