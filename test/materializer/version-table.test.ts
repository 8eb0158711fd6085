import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import type { Connector } from '../../src/connectors/connector.ts';
import { openDuckdb } from '../../src/connectors/duckdb/duckdb-connector.ts';
import type { MartDefinition } from '../../src/marts/mart.ts';
import { createVersion } from '../../src/materializer/statements.ts';

const options = { purpose: 'build' } as const;
const table = relationId({ schema: 'main', name: 'sales__v1' });

function aDefinition(columns: MartDefinition['columns'], sql: string): MartDefinition {
  return {
    relation: relationId({ schema: 'main', name: 'sales' }),
    origin: 'candidate',
    sql,
    columns,
    sources: [],
    obligations: [],
    maxStalenessMs: 0,
  };
}

describe('the table of a version', () => {
  const folder = mkdtempSync(join(tmpdir(), 'goldsmith-table-'));
  let connector: Connector;
  beforeAll(async () => {
    connector = await openDuckdb({
      name: 'lake',
      path: join(folder, 'lake.duckdb'),
      memoryLimit: '200MB',
      threads: 1,
    });
  });
  afterAll(async () => {
    await connector.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('keeps sums wider than 64 bits as they are read fastest, and their types and rows exactly', async () => {
    const definition = aDefinition(
      [
        { name: 'region', type: 'VARCHAR' },
        { name: 'units', type: 'HUGEINT' },
        { name: 'revenue', type: 'DECIMAL(38,2)' },
      ],
      `select 'r' || i % 7 as region, (i * 3)::hugeint as units, (i / 4.0)::decimal(38,2) as revenue from range(5000) t(i)`,
    );
    const { wideIntegerOption } = connector.capabilities;

    for (const sql of createVersion(table, {
      definition,
      wideIntegerOption,
      wording: connector.wording,
    })) {
      await connector.execute(sql, options);
    }
    await connector.execute('checkpoint', options);

    const { columns, rows } = await connector.query(
      'select * from sales__v1 order by units limit 1',
      options,
    );
    expect(columns).toEqual(definition.columns);
    expect(rows).toEqual([['r0', '0', '0.00']]);
    const stored = await connector.query(
      `select distinct column_name, compression from pragma_storage_info('sales__v1') where segment_type <> 'VALIDITY' order by all`,
      options,
    );
    expect(stored.rows.filter(([name]) => name !== 'region')).toEqual([
      ['revenue', 'Uncompressed'],
      ['units', 'Uncompressed'],
    ]);
  });

  it.for([
    ['no column is wide', [{ name: 'n', type: 'BIGINT' }]],
    [
      'a type cannot be declared by its text',
      [
        { name: 'n', type: 'HUGEINT' },
        { name: 's', type: 'STRUCT(a INTEGER)' },
      ],
    ],
  ] as const)('is made in one statement where %s', ([, columns]) => {
    const definition = aDefinition(columns, 'select 1 as n');

    expect(
      createVersion(table, {
        definition,
        wideIntegerOption: 'using compression uncompressed',
        wording: connector.wording,
      }),
    ).toEqual([
      expect.stringMatching(
        /^create table main\.sales__v1 as|^create table "main"\."sales__v1" as/,
      ),
    ]);
  });
});
