import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Connector } from '../../src/connectors/connector.ts';
import { openDuckdb } from '../../src/connectors/duckdb/duckdb-connector.ts';
import { contentMark, fingerprintContent } from '../../src/prove/content-fingerprint.ts';
import { describeQuery } from '../../src/prove/describe-query.ts';

let connector: Connector;
beforeAll(async () => {
  connector = await openDuckdb({ name: 'w', instance: await DuckDBInstance.create(':memory:') });
});
afterAll(() => connector.close());

it.each([
  "select i, i / 3.0 as share, case when i % 7 = 0 then null else 'n' || i end as name from range(500) t(i)",
  'select 1 as i where false',
  'select null::varchar as nothing from range(3)',
])('the mark of a table is rows and whole of its fingerprint: %s', async (sql) => {
  const columns = await describeQuery(connector, { sql, purpose: 'verify' });
  const request = { sql, columns, purpose: 'verify' } as const;

  const { rows, whole } = await fingerprintContent(connector, request);

  expect(await contentMark(connector, request)).toEqual({ rows, whole });
});
