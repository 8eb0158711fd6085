import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CallOptions, Cell, Connector } from '../../../src/connectors/connector.ts';
import { IN_TIME_MS } from '../../in-time.ts';
import { type SnowflakeAccount, snowflakeAccount } from '../../servers/snowflake-account.ts';

const options: CallOptions = { purpose: 'catalog' };

describe('a Snowflake account that fails on the way', () => {
  let account: SnowflakeAccount;
  let connector: Connector;

  beforeAll(async () => {
    account = await snowflakeAccount();
  });
  afterAll(() => account.server.stop());
  beforeEach(async () => {
    connector = await account.open();
  });
  afterEach(() => connector.close());

  const cellsOf = async (sql: string) => (await connector.query(sql, options)).rows;
  const sent = (text: string) =>
    account.server.statements.filter(({ sql }) => sql.includes(text)).length;

  it.each([
    ['is overloaded (503)', { kind: 'status', status: 503 }],
    ['throttles (429)', { kind: 'status', status: 429 }],
    ['resets the connection', { kind: 'reset' }],
  ] as const)('is asked again when it %s', async (_how, fault) => {
    account.server.faults.add({ on: 'query', ...fault });

    expect(await cellsOf("select 'answered'")).toEqual([['answered']]);
  });

  it('lets who waits for a free connection be called off, and run out of time, at once', async () => {
    // As many as the account's connector has.
    const held = [1, 2, 3, 4].map((n) => account.server.hold(new RegExp(`'held ${n}'`)));
    const running = held.map((_, at) => connector.query(`select 'held ${at + 1}'`, options));
    await Promise.all(held.map(({ begun }) => begun));
    const calledOff = new AbortController();
    const waiting = connector.query('select 1', { ...options, signal: calledOff.signal });
    const late = connector.query('select 1', { ...options, timeoutMs: 20 });

    calledOff.abort();

    await expect(waiting).rejects.toBe(calledOff.signal.reason);
    await expect(late).rejects.toMatchObject({ code: 'CONNECTOR_TIMEOUT' });
    for (const each of held) {
      each.letGo();
    }
    await Promise.all(running);
    expect(await cellsOf("select 'answered'")).toEqual([['answered']]);
  });

  it('carries a statement out once when its answer is lost: it is asked again under the same request', async () => {
    await connector.execute('create table once (n integer)', options);
    account.server.faults.add({ on: 'query', kind: 'lost', when: /insert into once/ });

    await connector.execute('insert into once values (1)', options);

    expect(await cellsOf('select count(*) from once')).toEqual([['1']]);
    expect(sent('insert into once')).toBe(1);
  });

  it('commits once when the answer to the commit is lost', async () => {
    await connector.execute('create table committed (n integer)', options);
    account.server.faults.add({ on: 'query', kind: 'lost', when: /^commit/ });

    await connector.transaction(
      (session) => session.execute('insert into committed values (1)', options),
      { ...options, readOnly: false },
    );

    expect(await cellsOf('select count(*) from committed')).toEqual([['1']]);
  });

  it('renews a session whose token ran out, and the statement is carried out once', async () => {
    account.server.faults.add({ on: 'query', kind: 'expired', when: /renewed/ });

    expect(await cellsOf("select 'renewed'")).toEqual([['renewed']]);
    expect(account.server.paths).toContain('/session/token-request');
    expect(sent('renewed')).toBe(1);
  });

  it('is read to the end when a chunk arrives in half', async () => {
    account.server.faults.add({ on: 'chunk', kind: 'truncated' });

    const rows = await cellsOf('select n from range(25000) as a(n)');

    expect(rows).toHaveLength(25_000);
    expect(rows.at(-1)).toEqual(['24999']);
  });

  it('is read to the end when the storage of its results refuses for a moment', async () => {
    account.server.faults.add({ on: 'chunk', kind: 'status', status: 503 });

    expect(await cellsOf('select n from range(25000) as a(n)')).toHaveLength(25_000);
  });

  it.each([
    ['the answer breaks off', { on: 'query', kind: 'truncated' }],
    ['a gateway refuses', { on: 'query', kind: 'status', status: 403 }],
  ] as const)('is asked anew for a stream where %s before its first rows', async (_how, fault) => {
    account.server.faults.add({ ...fault, when: /streamed/ });

    const rows: (readonly Cell[])[] = [];
    for await (const some of connector.stream("select 'streamed'", options)) {
      rows.push(...some);
    }

    expect(rows).toEqual([['streamed']]);
  });

  it('is waited for when it is slow, and given up at the time limit though it does not answer', async () => {
    account.server.faults.add({ on: 'query', kind: 'slow', delayMs: 400, when: /slow/ });
    expect(await cellsOf("select 'slow'")).toEqual([['slow']]);

    account.server.faults.add({ on: 'query', kind: 'slow', delayMs: 5_000, when: /silent/ });
    const startedAt = performance.now();
    await expect(
      connector.query("select 'silent'", { ...options, timeoutMs: 200 }),
    ).rejects.toMatchObject({ code: 'CONNECTOR_TIMEOUT' });
    expect(performance.now() - startedAt).toBeLessThan(IN_TIME_MS);
  });

  it('that goes on failing is given up at the time limit, whatever the driver’s own patience', async () => {
    const { server } = account;
    server.faults.add({ on: 'query', kind: 'status', status: 503, times: 2, when: /never/ });
    const startedAt = performance.now();

    await expect(
      connector.execute("select 'never'", { ...options, timeoutMs: 500 }),
    ).rejects.toMatchObject({ code: 'CONNECTOR_TIMEOUT', retryable: true });
    expect(performance.now() - startedAt).toBeLessThan(IN_TIME_MS);
  });
});
