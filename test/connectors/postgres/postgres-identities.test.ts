import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connector, Finding, Needs } from '../../../src/connectors/connector.ts';
import { openConnector } from '../../../src/connectors/open-connector.ts';
import { openPostgres } from '../../../src/connectors/postgres/postgres-connector.ts';
import { warehouseSettings } from '../../../src/connectors/settings.ts';
import { compareResults } from '../../../src/prove/compare-results.ts';
import { id } from '../../conformance/loop-world.ts';
import {
  type PostgresCluster,
  postgresBinaries,
  startPostgres,
} from '../../servers/postgres-cluster.ts';
import { addressOf, identities, wait } from '../../servers/postgres-identities.ts';

describe.skipIf(postgresBinaries === undefined)('who signs in to PostgreSQL', () => {
  let cluster: PostgresCluster;

  beforeAll(async () => {
    cluster = await startPostgres();
    await identities(cluster);
  });
  afterAll(() => cluster.stop());

  const open = (changes: object) =>
    openPostgres({
      name: 'shop',
      reader: { ...addressOf(cluster, 'reader'), ...changes },
      sleep: async () => {},
    });

  const READS_IN = /did not let the reader \w+ sign in; check what warehouse\.postgres\.reader /;

  it.for([
    ['a wrong password', { password: () => 'wrong' }, 'CONNECTOR_SIGN_IN_FAILED', READS_IN],
    ['no password', { password: undefined }, 'CONNECTOR_SIGN_IN_FAILED', READS_IN],
    ['a role that is not there', { user: 'nobody' }, 'CONNECTOR_SIGN_IN_FAILED', READS_IN],
    [
      'a database that is not there',
      { database: 'nowhere' },
      'CONNECTOR_DATABASE_MISSING',
      /has no such database; check warehouse\.postgres\.database \("nowhere"\)$/,
    ],
    [
      'a port where nobody listens',
      { port: 1 },
      'CONNECTOR_UNREACHABLE',
      /nothing listens at \S+:1; check warehouse\.postgres\.host and port, and that it is running$/,
    ],
    [
      'a host that has no address',
      { host: 'no.such.host.invalid' },
      'CONNECTOR_UNREACHABLE',
      // A machine without a name server says that it cannot be looked up.
      /name.* no\.such\.host\.invalid.*; check .*warehouse\.postgres\.host and port$/,
    ],
    [
      'a socket folder without a server',
      { host: '/nowhere', port: 5432 },
      'CONNECTOR_UNREACHABLE',
      /there is no socket \/nowhere\/\.s\.PGSQL\.5432; check warehouse\.postgres\.host/,
    ],
    [
      'TLS the server does not offer',
      { tls: {} },
      'CONNECTOR_TLS_REFUSED',
      /warehouse\.postgres\.tls/,
    ],
  ] as const)('%s is told in one sentence with the next step', async ([, changes, code, says]) => {
    const error = await open(changes).catch((caught: unknown) => caught);

    expect(error).toMatchObject({ code, message: expect.stringMatching(says) });
    expect(String(error)).toMatch(/^ConnectorError: shop: the warehouse .+[^.]$/);
  });

  it('which of reader and writer is not let in is told, with the setting of its secret', async () => {
    const { host, port } = cluster;
    const settings = warehouseSettings.parse({
      kind: 'postgres',
      name: 'shop',
      postgres: {
        host,
        port,
        database: 'shop',
        reader: { user: 'reader', password: 'reads' },
        writer: { user: 'writer', password: 'not this' },
        tls: { mode: 'off' },
      },
    });

    await expect(openConnector({ settings })).rejects.toMatchObject({
      code: 'CONNECTOR_SIGN_IN_FAILED',
      message:
        'shop: the warehouse did not let the writer writer sign in; check warehouse.postgres.writer.password, whether it has expired, and whether it may connect from here',
    });
  });

  it('without a writer nothing can be written, and the reader cannot either', async () => {
    const connector = await open({});

    expect(connector.capabilities.canWrite).toBe(false);
    await expect(
      connector.execute('create table public.t (n int)', { purpose: 'build' }),
    ).rejects.toMatchObject({ code: 'CONNECTOR_READ_ONLY' });
    await expect(
      connector.query('create table public.t (n int)', { purpose: 'facts' }),
    ).rejects.toMatchObject({ code: 'CONNECTOR_PERMISSION_DENIED' });
    await connector.close();
  });

  it('opens by the settings of the one YAML file, the password out of a file', async () => {
    const { host, port } = cluster;
    const settings = warehouseSettings.parse({
      kind: 'postgres',
      name: 'shop',
      postgres: {
        host,
        port,
        database: 'shop',
        reader: { user: 'reader', password: 'reads' },
        writer: { user: 'writer', passwordFile: '/no/such/file' },
        tls: { mode: 'off' },
      },
    });

    const observing = await openConnector({ settings, readOnly: true });
    expect((await observing.query('select 1', { purpose: 'facts' })).rows).toEqual([[1]]);
    await observing.close();
    await expect(openConnector({ settings })).rejects.toMatchObject({
      code: 'WAREHOUSE_FILE_MISSING',
      message: expect.stringContaining('/no/such/file'),
    });
  });

  it('a connection that the server ends is replaced, and what only read is asked again', async () => {
    const connector = await open({});
    await cluster.sql(
      "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'reader'",
    );

    expect((await connector.query('select 1', { purpose: 'facts' })).rows).toEqual([[1]]);
    await connector.close();
  });

  it('a stream whose connection the server ends before its first rows is begun anew', async () => {
    await cluster.sql('create sequence public.times; grant usage on public.times to reader');
    const connector = await open({});
    const once = `select case when nextval('public.times') = 1 then pg_terminate_backend(pg_backend_pid()) end, pg_sleep(0.1), 'read'`;

    const read: unknown[] = [];
    for await (const rows of connector.stream(once, { purpose: 'history' })) {
      read.push(...rows.map((row) => row.at(-1)));
    }

    expect(read).toEqual(['read']);
    await connector.close();
  });

  const limits = (names: readonly string[]) =>
    `select ${names.map((name) => `current_setting('${name}')`).join(', ')}`;

  it('a proof runs under a time limit of the server, an hour where nobody says less', async () => {
    const connector = await open({});
    const [left, right] = [`${limits(['statement_timeout'])} as most`, "select '1h'::text as most"];

    const compared = await connector.transaction(
      (session) => compareResults(session, { left, right, purpose: 'verify' }),
      { readOnly: true, purpose: 'verify' },
    );

    expect(compared).toMatchObject({ kind: 'equal', rows: 1 });
    await connector.close();
  });

  it('a limit that the role was given is never raised, in and out of transactions and after calls with another', async () => {
    await cluster.sql(`create role hurried login password 'reads';
alter role hurried set statement_timeout = '9s';
alter role hurried set idle_in_transaction_session_timeout = '8s'`);
    const connector = await open({ user: 'hurried', password: () => 'reads' });
    const asked = limits(['statement_timeout', 'idle_in_transaction_session_timeout']);
    const seen = async (timeoutMs?: number) =>
      (await connector.query(asked, { purpose: 'facts', timeoutMs })).rows[0];
    const within = (timeoutMs?: number) =>
      connector.transaction(
        async (session) => (await session.query(asked, { purpose: 'verify', timeoutMs })).rows[0],
        { readOnly: true, purpose: 'verify' },
      );

    expect([await seen(), await seen(60_000), await seen(5_000), await seen()]).toEqual([
      ['9s', '8s'],
      ['9s', '8s'],
      ['5s', '8s'],
      ['9s', '8s'],
    ]);
    expect([await within(), await within(60_000), await within(5_000), await seen()]).toEqual([
      ['9s', '8s'],
      ['9s', '8s'],
      ['5s', '8s'],
      ['9s', '8s'],
    ]);
    const needs = { schemas: [], adoptable: [], writes: false };
    expect(await connector.diagnose?.(needs, { purpose: 'catalog' })).toContainEqual({
      ok: true,
      isWarning: true,
      detail: expect.stringContaining(
        'the reader hurried has a statement_timeout of 9s of its own',
      ),
      remedy: [`alter role "hurried" set statement_timeout = '1h';`],
    });
    await connector.close();
  });

  it('a statement that runs into the role’s own limit is told as such', async () => {
    await cluster.sql(`create role hasty login password 'reads';
alter role hasty set statement_timeout = '1s'`);
    const connector = await open({ user: 'hasty', password: () => 'reads' });

    await expect(
      connector.query('select pg_sleep(30)', { purpose: 'facts', timeoutMs: 60_000 }),
    ).rejects.toMatchObject({
      code: 'CONNECTOR_TIMEOUT',
      message: expect.stringContaining('(limit 1000 ms, by statement_timeout of its role)'),
    });
    await connector.close();
  });

  describe('where all connections are busy', () => {
    let connector: Connector;

    beforeAll(async () => {
      connector = await openPostgres({
        name: 'shop',
        reader: { ...addressOf(cluster, 'reader'), connectTimeoutMs: 300 },
        connections: 1,
        sleep: async () => {},
      });
    });
    afterAll(() => connector.close());

    /** Keeps the one connection for so many seconds, or until it is aborted. */
    const busy = (seconds: number) => {
      const stop = new AbortController();
      const done = connector
        .query(`select pg_sleep(${seconds})`, { purpose: 'facts', signal: stop.signal })
        .catch(() => undefined);
      return { stop, done };
    };

    it('an abort of who waits is told at once, and who waits behind is served', async () => {
      const { stop, done } = busy(60);
      const waiting = new AbortController();
      const asked = connector.query('select 1', { purpose: 'facts', signal: waiting.signal });
      const within = connector.transaction(async () => 'never', {
        purpose: 'facts',
        readOnly: true,
        signal: waiting.signal,
      });
      const next = connector.query('select 2', { purpose: 'facts' });

      waiting.abort();

      await expect(asked).rejects.toBe(waiting.signal.reason);
      await expect(within).rejects.toBe(waiting.signal.reason);
      stop.abort();
      await done;
      expect((await next).rows).toEqual([[2]]);
    });

    it('waiting is no connecting, and takes of the time a statement has', async () => {
      const { done } = busy(0.6);
      const left = await connector.query(
        "select setting::int from pg_settings where name = 'statement_timeout'",
        { purpose: 'facts', timeoutMs: 60_000 },
      );
      await done;

      expect(left.rows[0]?.[0]).toBeLessThan(59_700);
    });

    it('time that ran out while waiting is told as such', async () => {
      const { stop, done } = busy(60);

      await expect(
        connector.query('select 1', { purpose: 'facts', timeoutMs: 50 }),
      ).rejects.toMatchObject({
        code: 'CONNECTOR_TIMEOUT',
        message:
          'shop: the warehouse was not asked: all connections were busy for as long as the statement may take; raise warehouse.connections (limit 50 ms, 1 connection)',
      });
      stop.abort();
      await done;
    });
  });

  it('a statement of a stranger may call what only computes, and nothing else', async () => {
    await cluster.sql('create function public.mine() returns int language sql as $$ select 1 $$');
    const connector = await open({});
    const replay = (sql: string) =>
      connector
        .transaction((session) => session.query(sql, { purpose: 'replay' }), {
          purpose: 'replay',
          readOnly: true,
        })
        .then(
          () => 'asked',
          (error: unknown) => (error as { code?: string }).code,
        );

    expect(
      await Promise.all(
        [
          "select date_trunc('day', now()), count(*) filter (where true) from (values (1)) as t(a) where a in (1)",
          'with x as (select sum(n) over (partition by n) from generate_series(1, 3) as n) select * from x',
        ].map(replay),
      ),
    ).toEqual(['asked', 'asked']);
    expect(
      new Set(
        await Promise.all(
          [
            'select pg_sleep(1)',
            "select pg_read_file('/etc/passwd')",
            'select public.mine()',
            'select "mine"()',
            "select query_to_xml('select 1', true, true, '')",
            "select set_config('x.y', '1', false)",
            'select pg_terminate_backend(1)',
          ].map(replay),
        ),
      ),
    ).toEqual(new Set(['CONNECTOR_UNSAFE_REPLAY']));
    expect(await replay('select 1; drop table t')).toBe('CONNECTOR_BAD_SQL');
    await connector.close();
  });

  describe('the doctor', () => {
    const needs: Needs = {
      schemas: ['gold', 'gold_data', 'goldsmith'],
      adoptable: [id('gold.report')],
      writes: true,
      makes: [{ schema: 'gold_data', kinds: ['table', 'materialized view'] }],
      history: 'pg_stat_statements',
    };

    async function opened(database: string, users: readonly [string, string]) {
      const [reader, writer] = users;
      const address = (user: string) => ({
        ...addressOf(cluster, 'reader'),
        database,
        user,
        password: () => 'pw',
      });
      return openPostgres({
        name: 'shop',
        reader: address(reader),
        writer: address(writer),
        sleep: wait,
      });
    }
    async function troubles(connector: Connector) {
      const findings = (await connector.diagnose?.(needs, { purpose: 'catalog' })) ?? [];
      return findings.filter(({ ok, isWarning }) => !ok || isWarning);
    }

    it('prints exactly the missing grants: run as they stand, nothing is missing any more', async () => {
      await cluster.sql('create database fresh');
      await cluster.sql(
        `create extension pg_stat_statements; create schema gold; create role owner;
create table public.orders (id int); create view gold.report as select count(*) as n from public.orders;
alter view gold.report owner to owner; grant select on public.orders to owner;
create role r login password 'pw'; create role w login password 'pw';`,
        'fresh',
      );
      const connector = await opened('fresh', ['r', 'w']);

      const before = await troubles(connector);
      const remedies = before.flatMap(({ remedy }) => remedy);
      expect(before.map(({ detail }) => detail)).toEqual([
        expect.stringContaining('the reader r may not read relations in gold (1 of 1), public'),
        'the reader r sees only its own statements in pg_stat_statements',
        expect.stringContaining('the writer w may not read relations in gold (1 of 1), public'),
        'the writer w may not make what it needs in gold, gold_data, goldsmith',
        'what the writer w makes, the reader r may not read',
        expect.stringContaining(
          'the writer w may not take over "gold"."report", which belongs to owner',
        ),
      ]);
      expect(remedies).toContain('grant "owner" to "w";');
      await cluster.sql(remedies.join('\n'), 'fresh');
      await connector.close();

      const again = await opened('fresh', ['r', 'w']);
      expect(await troubles(again)).toEqual([]);
      await again.close();
    });

    it('finds nothing missing after the grants file but takeovers, which are the operator’s word; and each grant of it by name when it is gone', async () => {
      await cluster.sql('create database granted');
      const admin = (sql: string) => cluster.sql(sql, 'granted');
      await admin(
        `create extension pg_stat_statements schema public; create table public.orders (id int);
revoke connect, temporary on database granted from public; revoke usage on schema public from public`,
      );
      const file = readFileSync('config/grants/postgres.sql', 'utf8')
        .replaceAll(':"database"', 'granted')
        .replaceAll(/:'\w+_password'/g, "'pw'");
      await admin(file);
      const missing = async () => {
        const connector = await opened('granted', ['goldsmith_reader', 'goldsmith_writer']);
        try {
          return (await troubles(connector)).filter(({ detail }) => !detail.includes('adoptable'));
        } finally {
          await connector.close();
        }
      };
      expect(await missing()).toEqual([]);

      for (const granted of grantsOf(file)) {
        await admin(granted.replace(/\bgrant\b/, 'revoke').replace(/ to (?=\w+$)/, ' from '));

        const told = await missing().catch((error: unknown) => [error]);

        const [first] = told;
        if (first instanceof Error) {
          expect(granted).toMatch(/^grant connect/);
          expect(first).toMatchObject({
            code: 'CONNECTOR_PERMISSION_DENIED',
            message: expect.stringContaining('for database "granted"'),
          });
        } else {
          const remedies = told.flatMap((found) => (found as Finding).remedy);
          expect(remedies.map(plain), granted).toEqual([plain(granted)]);
        }
        await admin(granted);
      }
      expect(await missing()).toEqual([]);
    });
  });
});

/** What it grants, one privilege to one role at a time; but what future tables of other people will have cannot be missing yet. */
function grantsOf(file: string): readonly string[] {
  return file
    .replaceAll(/--.*$/gm, '')
    .split(';')
    .map((sql) => sql.trim().replaceAll(/\s+/g, ' '))
    .filter((sql) => /\bgrant\b/.test(sql) && !sql.includes('default privileges in schema'))
    .flatMap((sql) => {
      const [, head = '', privileges = '', on = '', to = ''] =
        /^(.*?\bgrant) (.+?)( on .+)? to (.+)$/.exec(sql) ?? [];
      return privileges
        .split(', ')
        .flatMap((one) => to.split(', ').map((role) => `${head} ${one}${on} to ${role}`));
    });
}

/** Without quotes and the end. */
function plain(sql: string): string {
  return sql.replaceAll(/[";]/g, '');
}
