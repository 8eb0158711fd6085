import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, describe, expect, it } from 'vitest';
import type { CallOptions, Connector } from '../../../src/connectors/connector.ts';
import { openDuckdb } from '../../../src/connectors/duckdb/duckdb-connector.ts';
import { processThreadMs } from '../../../src/connectors/duckdb/thread-time.ts';

const folder = mkdtempSync(join(tmpdir(), 'goldsmith-test-'));
const options: CallOptions = { purpose: 'build' };

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function aFile(): string {
  return join(mkdtempSync(join(folder, 'db-')), 'warehouse.duckdb');
}

function openFile(
  path: string,
  changes: { readOnly?: boolean; memoryLimit?: string; statementTimeoutMs?: number } = {},
) {
  return openDuckdb({ name: 'shop', path, memoryLimit: '500MB', threads: 2, ...changes });
}

/** Runs the work on a connector and closes it whatever happens. */
async function using<Result>(
  opening: Promise<Connector>,
  work: (connector: Connector) => Promise<Result>,
): Promise<Result> {
  const connector = await opening;
  try {
    return await work(connector);
  } finally {
    await connector.close();
  }
}

describe('a standalone file', () => {
  it('held by another process is told as locked, with the file and what to do', async () => {
    const path = aFile();
    const holder = spawn(
      process.execPath,
      [
        '-e',
        `require('@duckdb/node-api').DuckDBInstance.create(process.argv[1]).then((instance) => {
          globalThis.held = instance;
          console.log('held');
          setInterval(() => undefined, 1000);
        })`,
        path,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    try {
      await once(holder.stdout, 'data');

      await expect(openFile(path)).rejects.toMatchObject({
        code: 'CONNECTOR_LOCKED',
        retryable: true,
        message: `shop: the warehouse is held by another process; stop that process, or start Goldsmith inside it (embedded mode) (file "${path}")`,
      });
    } finally {
      holder.kill();
      await once(holder, 'exit');
    }

    await using(openFile(path), async (connector) => {
      expect((await connector.query('select 1', options)).rows).toEqual([[1]]);
    });
  });

  it('already open in this process is refused too, under any spelling, until it is closed', async () => {
    const path = aFile();
    await using(openFile(path), async () => {
      const spelled = join(path, '..', '.', 'warehouse.duckdb');

      await expect(openFile(spelled)).rejects.toMatchObject({ code: 'CONNECTOR_LOCKED' });
    });

    await using(openFile(path), (connector) => connector.query('select 1', options));
  });

  it('in a folder that does not exist is unreachable, and named', async () => {
    await expect(openFile(join(folder, 'nowhere', 'x.duckdb'))).rejects.toMatchObject({
      code: 'CONNECTOR_UNREACHABLE',
      message: expect.stringContaining('nowhere'),
    });
  });

  it('that is no database is told as such, and left as it was', async () => {
    const path = aFile();
    writeFileSync(path, 'id,name\n1,x\n'.repeat(1000));

    await expect(openFile(path)).rejects.toMatchObject({ code: 'CONNECTOR_DAMAGED' });
  });

  it('opened read-only cannot be written, and says so among its capabilities', async () => {
    const path = aFile();
    await using(openFile(path), (connector) =>
      connector.execute('create table t as select 1 as a', options),
    );

    await using(openFile(path, { readOnly: true }), async (connector) => {
      expect(connector.capabilities.canWrite).toBe(false);
      await expect(connector.execute('drop table t', options)).rejects.toMatchObject({
        code: 'CONNECTOR_READ_ONLY',
      });
    });
  });

  it('lets no statement touch other files, unless it was opened so', async () => {
    const other = join(folder, 'other.csv');
    const copy = `copy (select 1 as a) to '${other}'`;
    await using(openFile(aFile()), async (connector) => {
      for (const sql of [copy, `attach '${other}.duckdb' as other`, `select * from glob('*')`]) {
        await expect(connector.execute(sql, options), sql).rejects.toMatchObject({
          code: 'CONNECTOR_PERMISSION_DENIED',
        });
      }
    });
    expect(existsSync(other)).toBe(false);

    const open = openDuckdb({
      name: 'shop',
      path: aFile(),
      memoryLimit: '500MB',
      threads: 1,
      externalAccess: true,
    });
    await using(open, (connector) => connector.execute(copy, options));
    expect(existsSync(other)).toBe(true);
  });

  it('leaves no profile folder behind', async () => {
    const before = profileFolders();
    await using(openFile(aFile()), (connector) => connector.query('select 1', options));

    expect(profileFolders()).toEqual(before);
  });
});

describe('limits', () => {
  it('of time hold for each statement, in and out of transactions, whatever its call allows', async () => {
    await using(openFile(':memory:', { statementTimeoutMs: 80 }), async (connector) => {
      const endless = 'select count(*) from range(1000000000000)';
      const toldAs = (limit: string) => ({
        code: 'CONNECTOR_TIMEOUT',
        message: `shop: the warehouse did not finish in time and the statement was cancelled (${limit})`,
      });
      const ours = toldAs('limit 80 ms, by warehouse.statementTimeout');

      await expect(connector.query(endless, options)).rejects.toMatchObject(ours);
      await expect(
        connector.transaction((session) => session.query(endless, options), {
          readOnly: true,
          ...options,
        }),
      ).rejects.toMatchObject(ours);
      await expect(
        connector.query(endless, { ...options, timeoutMs: 60_000 }),
      ).rejects.toMatchObject(ours);
      await expect(connector.query(endless, { ...options, timeoutMs: 40 })).rejects.toMatchObject(
        toldAs('limit 40 ms'),
      );
    });
  });

  it('running out of memory is told as such, and the connector goes on', async () => {
    await using(openFile(aFile(), { memoryLimit: '60MB' }), async (connector) => {
      await expect(
        connector.query('select list(range) from range(20000000)', options),
      ).rejects.toMatchObject({ code: 'CONNECTOR_OUT_OF_MEMORY' });
      expect((await connector.query('select 1', options)).rows).toEqual([[1]]);
    });
  });

  it('running out of room to spill is a full disk', async () => {
    await using(openFile(aFile(), { memoryLimit: '60MB' }), async (connector) => {
      await connector.execute(`set max_temp_directory_size = '1MB'`, options);

      await expect(
        connector.query('select range a, uuid() b from range(3000000) order by b, a', options),
      ).rejects.toMatchObject({ code: 'CONNECTOR_DISK_FULL' });
    });
  });
});

describe('costs', () => {
  it('count the work of all threads, not the wall clock and not the waiting for a core', async () => {
    await using(openFile(aFile()), async (connector) => {
      await connector.execute(
        'create table t as select range a, range % 1000 b from range(3000000)',
        options,
      );

      const before = processThreadMs();
      const { cost } = await connector.query(
        'select b, sum(a), count(distinct a) from t group by b',
        options,
      );
      const processMs = processThreadMs() - before;

      expect(cost.cpuMs).not.toBe(cost.durationMs);
      expect(cost.cpuMs).toBeLessThanOrEqual(processMs);
      expect(cost.cpuMs).toBeGreaterThan(processMs * 0.5);
    });
  });

  it('of a build are those of the build, though a cancelled statement came before', async () => {
    await using(openFile(aFile()), async (connector) => {
      await connector
        .query('select count(*) from range(1000000000000)', { ...options, timeoutMs: 50 })
        .catch((error: unknown) => expect(error).toMatchObject({ code: 'CONNECTOR_TIMEOUT' }));

      const cost = await connector.execute(
        'create table t as select range a from range(1000)',
        options,
      );

      expect(cost.cpuMs).toBeLessThan(50);
    });
  });

  it('are durations where the instance may write no files', async () => {
    const instance = await DuckDBInstance.create(':memory:', { enable_external_access: 'false' });
    await using(openDuckdb({ name: 'shop', instance }), async (connector) => {
      const { cost } = await connector.query('select count(*) from range(1000000)', options);

      expect(cost.cpuMs).toBe(cost.durationMs);
    });
    instance.closeSync();
  });

  it('are durations where the instance lets nobody change settings', async () => {
    const instance = await DuckDBInstance.create(':memory:', { lock_configuration: 'true' });
    await using(openDuckdb({ name: 'shop', instance }), async (connector) => {
      const { cost } = await connector.query('select count(*) from range(1000000)', options);

      expect(cost.cpuMs).toBe(cost.durationMs);
    });
    instance.closeSync();
  });
});

describe('an embedded instance', () => {
  it('stays open and as it was when the connector is closed', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const own = await instance.connect();
    const settings = async () =>
      (
        await own.runAndReadAll('select name, value from duckdb_settings() order by name')
      ).getRowsJson();
    const before = await settings();

    await using(openDuckdb({ name: 'shop', instance }), async (connector) => {
      await connector.execute('create table t as select 1 as a', options);
      await connector.readCatalog(options);
    });

    expect(await settings()).toEqual(before);
    expect((await own.runAndReadAll('select a from t')).getRowsJson()).toEqual([[1]]);
    own.closeSync();
    instance.closeSync();
  });

  it('sees our statements tagged with their purpose', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const own = await instance.connect();
    await own.run(`call enable_logging('QueryLog')`);

    await using(openDuckdb({ name: 'shop', instance }), (connector) =>
      connector.query('select 42', { purpose: 'measure' }),
    );

    const logged = await own.runAndReadAll(
      `select message from duckdb_logs where message like '%42' and message like '/*%'`,
    );
    expect(logged.getRowsJson()).toEqual([[`/* goldsmith='measure' */ select 42`]]);
    own.closeSync();
    instance.closeSync();
  });

  it('lets who waits for a connection be called off, and run out of time, at once', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    await using(openDuckdb({ name: 'shop', instance, connections: 1 }), async (connector) => {
      const stop = new AbortController();
      const running = connector
        .query('select count(*) from range(1000000000000)', { ...options, signal: stop.signal })
        .catch(() => 'stopped');
      const calledOff = new AbortController();
      const waiting = connector.query('select 1', { ...options, signal: calledOff.signal });
      const late = connector.query('select 1', { ...options, timeoutMs: 20 });

      calledOff.abort();

      await expect(waiting).rejects.toBe(calledOff.signal.reason);
      await expect(late).rejects.toMatchObject({ code: 'CONNECTOR_TIMEOUT' });
      stop.abort();
      expect(await running).toBe('stopped');
      expect((await connector.query('select 1', options)).rows).toEqual([[1]]);
    });
    instance.closeSync();
  });

  it('keeps what a transaction sets to itself', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    await using(openDuckdb({ name: 'shop', instance, connections: 1 }), async (connector) => {
      await connector.execute('create schema raw', options);
      await connector.transaction((session) => session.execute('use raw', options), {
        ...options,
        readOnly: false,
      });

      const { rows } = await connector.query('select current_schema()', options);
      expect(rows).toEqual([['main']]);
    });
    instance.closeSync();
  });
});

function profileFolders(): readonly string[] {
  const memory = existsSync('/dev/shm') ? readdirSync('/dev/shm') : readdirSync(tmpdir());
  return memory.filter((name) => name.startsWith(`goldsmith-profiles-${process.pid}-`));
}
