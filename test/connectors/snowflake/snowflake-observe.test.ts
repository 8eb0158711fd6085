import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/parse-config.ts';
import type { Connector } from '../../../src/connectors/connector.ts';
import { startGoldsmith } from '../../../src/daemon/start-goldsmith.ts';
import { type SnowflakeAccount, snowflakeAccount } from '../../servers/snowflake-account.ts';

const HISTORY = 'SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY';
const REPORT =
  'select c.region, count(*) as orders, sum(o.amount) as amount from sales.orders o join sales.customers c on o.customer_id = c.id group by c.region';

describe('Goldsmith beside Snowflake', () => {
  let account: SnowflakeAccount;
  let people: Connector;

  beforeEach(async () => {
    account = await snowflakeAccount();
    people = await account.open();
    for (const sql of [
      'create schema sales',
      "create table sales.customers as select n as id, concat('r', n % 5) as region from range(100) as a(n)",
      'create table sales.orders as select n as id, n % 100 as customer_id, cast(n % 17 as decimal(12, 2)) as amount from range(5000) as a(n)',
    ]) {
      await people.execute(sql, { purpose: 'build' });
    }
    await account.server.sql(`insert into ${HISTORY}
  (query_id, query_text, database_name, schema_name, query_type, user_name, role_name, warehouse_name, warehouse_size, query_tag, execution_status,
   start_time, end_time, total_elapsed_time, execution_time, bytes_scanned, rows_produced, query_parameterized_hash, query_parameterized_hash_version, is_client_generated_statement)
select concat('q', n), '${REPORT}', 'SHOP', 'PUBLIC', 'SELECT', 'ANA', 'ANALYST', 'BI_WH', 'Medium', '', 'success',
  now() - to_hours(2) - to_minutes(n * 7) - interval 30 second, now() - to_hours(2) - to_minutes(n * 7), 30000, 30000, 1000000, 5, 'h', 1, false
from range(400) as a(n)`);
  });
  afterEach(async () => {
    await people.close();
    await account.server.stop();
  });

  function configured(mode: 'observe' | 'propose' | 'auto') {
    const { account: name, url, database, reader, writer } = account.settings();
    return parseConfig({
      file: 'test.yaml',
      env: {},
      text: JSON.stringify({
        mode,
        warehouse: {
          kind: 'snowflake',
          snowflake: { account: name, url, database, reader, writer },
        },
        history: { source: 'snowflake-history', lookback: '3d' },
        state: { path: join(mkdtempSync(join(tmpdir(), 'goldsmith-sn-')), 'state.sqlite') },
        marts: { goldSchema: 'GOLD', dataSchema: 'GOLD_DATA', ledgerSchema: 'GOLDSMITH' },
        decide: {
          minimumRuns: 5,
          minimumReaders: 1,
          minimumDays: 1,
          minimumGain: 0,
          maxRowsShare: 1,
        },
        log: { level: 'silent' },
      }),
    });
  }

  it('reads the catalog and the history, understands it, and writes nothing', async () => {
    const goldsmith = await startGoldsmith({ config: configured('observe') });
    const before = account.server.statements.length;
    try {
      const { ingest, schema, input } = await goldsmith.cycle();

      expect(schema.catalog.map(({ id }) => id)).toEqual(['SALES.CUSTOMERS', 'SALES.ORDERS']);
      expect(ingest).toMatchObject({ badRows: 0 });
      expect(input.usage.templates).toHaveLength(1);
      expect(input.usage.coverage.resolvedCostShare).toBe(1);
      const written = account.server.statements
        .slice(before)
        .filter(({ user, sql }) => user !== 'GOLDSMITH_READS' || !/^(select|show|with)/i.test(sql));
      expect(written).toEqual([]);
    } finally {
      await goldsmith.close();
    }
  });

  it('publishes nothing in mode propose until somebody approves', async () => {
    const goldsmith = await startGoldsmith({ config: configured('propose') });
    try {
      const { applied } = await goldsmith.cycle();

      expect(applied).toBeUndefined();
      expect(await goldOf(people)).toEqual([]);
    } finally {
      await goldsmith.close();
    }
  });

  it('publishes what pays in mode auto', async () => {
    const goldsmith = await startGoldsmith({ config: configured('auto') });
    try {
      const { applied } = await goldsmith.cycle();

      expect(applied?.kind).toBe('applied');
      expect(await goldOf(people)).toEqual([['GOLD.ORDERS_WITH_CUSTOMERS', 'view']]);
      expect(
        await people.query('select count(*) from gold.orders_with_customers', {
          purpose: 'verify',
        }),
      ).toMatchObject({ rows: [['5000']] });
    } finally {
      await goldsmith.close();
    }
  });
});

async function goldOf(people: Connector) {
  const catalog = await people.readCatalog({ purpose: 'catalog' });
  return catalog.filter(({ id }) => id.startsWith('GOLD.')).map(({ id, kind }) => [id, kind]);
}
