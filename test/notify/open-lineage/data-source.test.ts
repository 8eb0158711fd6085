import { describe, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import { warehouseSettings } from '../../../src/connectors/settings.ts';
import { dataSourceOf, datasetOf } from '../../../src/notify/open-lineage/data-source.ts';
import { openLineageSettings } from '../../../src/notify/open-lineage/settings.ts';

const sales = relationId({ schema: 'gold', name: 'daily sales' });

describe('a warehouse under the names of OpenLineage', () => {
  it.for([
    [{ kind: 'duckdb', path: '/data/lake.duckdb' }, 'duckdb:///data/lake.duckdb'],
    [{ kind: 'duckdb', name: 'app' }, 'duckdb://app'],
    [
      {
        kind: 'postgres',
        postgres: { host: 'db.example.com', database: 'shop', reader: { user: 'r' } },
      },
      'postgres://db.example.com:5432',
    ],
    [{ kind: 'bigquery', bigquery: { project: 'shop' } }, 'bigquery'],
  ] as const)('%j is %s', ([settings, namespace]) => {
    const parsed = warehouseSettings.safeParse(settings);
    const source = dataSourceOf(
      // Only what tells where it is matters here, not who signs in.
      parsed.success ? parsed.data : ({ name: 'warehouse', ...settings } as never),
      'shop',
    );
    expect(source.namespace).toBe(namespace);
  });

  it('names a relation by database, schema and name, without quotes', () => {
    const source = dataSourceOf(warehouseSettings.parse({ path: 'lake.duckdb' }), 'lake');
    expect(datasetOf(sales, { source, facets: {} })).toMatchObject({
      namespace: 'duckdb://lake.duckdb',
      name: 'lake.gold.daily sales',
      facets: { dataSource: { name: 'warehouse', uri: 'duckdb://lake.duckdb' } },
    });
    const other = relationId({ database: 'raw', schema: 's', name: 't' });
    expect(datasetOf(other, { source, facets: {} }).name).toBe('raw.s.t');
  });
});

describe('where run events go', () => {
  it('is an address without a user in it: errors name addresses', () => {
    expect(openLineageSettings.safeParse({ url: 'http://marquez:5000/api' }).success).toBe(true);
    const refused = openLineageSettings.safeParse({ url: 'http://me:secret@marquez:5000/api' });
    expect(refused.error?.issues[0]?.message).toContain('a key goes into apiKey');
  });
});
