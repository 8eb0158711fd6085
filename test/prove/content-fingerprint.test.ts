import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Connector } from '../../src/connectors/connector.ts';
import { openDuckdb } from '../../src/connectors/duckdb/duckdb-connector.ts';
import {
  contentDifference,
  contentMark,
  fingerprintBoth,
  fingerprintContent,
} from '../../src/prove/content-fingerprint.ts';
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

it.each([
  ['select i, i % 3 as part from range(9) t(i)', 'select i, i % 3 as part from range(9) t(i)', ''],
  [
    'select i, i % 3 as part from range(9) t(i)',
    'select i, (i + 1) % 3 as part from range(9) t(i)',
    'the columns agree one by one, but not row by row',
  ],
  [
    'select i, i % 3 as part from range(9) t(i)',
    'select i, i % 2 as part from range(9) t(i)',
    'part differ',
  ],
  ['select 1 / 3 as share', 'select 1 / 3 as share', ''],
])(
  'two contents, %s and %s, are told apart by columns only where they differ',
  async (left, right, because) => {
    const columns = await describeQuery(connector, { sql: left, purpose: 'verify' });

    const [one, two] = await fingerprintBoth(connector, {
      both: [left, right],
      columns,
      purpose: 'verify',
    });

    expect(contentDifference(one, two)?.because ?? '').toBe(because);
    expect(one.columns.length > 0).toBe(because !== '' || left.includes('/'));
  },
);
