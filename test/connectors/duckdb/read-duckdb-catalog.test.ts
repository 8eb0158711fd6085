import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallOptions, Connector } from '../../../src/connectors/connector.ts';
import { openDuckdb } from '../../../src/connectors/duckdb/duckdb-connector.ts';

const options: CallOptions = { purpose: 'catalog' };

/** A view's text as its author wrote it, and as the catalog must tell it. */
const VIEWS: readonly (readonly [string, string, string])[] = [
  ['its own schema before main', 'select * from t', 'SELECT * FROM gold.t'],
  ['main where its own schema has none', 'select a from u as x', 'SELECT a FROM main.u AS x'],
  ['no schema that is there', 'select a from main.t', 'SELECT a FROM main.t'],
  ['a database without its schema', 'select a from other.w', 'SELECT a FROM other.main.w'],
  ['nothing of a full name', 'select a from memory.main.t', 'SELECT a FROM memory.main.t'],
  ['names whatever their case', 'select a from MAIN.T', 'SELECT a FROM main.T'],
  [
    'joins and subqueries',
    'select t.a from t join u using (a) where exists (select 1 from u)',
    'SELECT t.a FROM gold.t INNER JOIN main.u USING (a) WHERE EXISTS(SELECT 1 FROM main.u)',
  ],
  [
    'no name that a CTE gives',
    'with u as (select 1 as a) select a from u',
    'WITH u AS (SELECT 1 AS a)SELECT a FROM u',
  ],
  [
    'the table a CTE of its name reads',
    'with u as (select a from u) select a from u',
    'WITH u AS (SELECT a FROM main.u)SELECT a FROM u',
  ],
];

describe('the definitions of views', () => {
  let connector: Connector;

  beforeAll(async () => {
    connector = await openDuckdb({
      name: 'shop',
      path: ':memory:',
      memoryLimit: '500MB',
      threads: 1,
      externalAccess: true,
    });
    for (const sql of [
      `attach ':memory:' as other`,
      'create schema gold',
      `create table t as select 1 as a, 'main' as x`,
      `create table gold.t as select 2 as a, 'gold' as x`,
      'create table u as select 1 as a union all select 2',
      'create table other.main.w as select 1 as a',
    ]) {
      await connector.execute(sql, options);
    }
  });
  afterAll(() => connector.close());

  async function definitionOf(view: string): Promise<string | undefined> {
    const catalog = await connector.readCatalog(options);
    return catalog.find(({ id }) => id === `gold.${view}`)?.definitionSql;
  }

  it.for(VIEWS)('complete %s', async ([, written, told]) => {
    await connector.execute(`create or replace view gold.v as ${written}`, options);

    const definition = (await definitionOf('v')) ?? '';

    expect(definition.replaceAll(/[()]/g, '').replaceAll(/\s+/g, ' ')).toBe(
      told.replaceAll(/[()]/g, ''),
    );
    expect((await connector.query(`from (${definition}) order by all`, options)).rows).toEqual(
      (await connector.query('from gold.v order by all', options)).rows,
    );
  });

  it('complete recursive CTEs, windows, set operations and lateral joins to the same answers', async () => {
    const written = `
      with recursive n(i) as (select 1 union all select i + 1 from n where i < 3),
        m as materialized (select a from t union select a from u)
      select i, sum(a) over (order by i) as s, l.b from n, m, lateral (select count(*) as b from u where u.a = n.i) as l`;
    await connector.execute(`create or replace view gold.big as ${written}`, options);

    const definition = await definitionOf('big');

    expect(definition).toContain('gold.t');
    expect((await connector.query(`from (${definition}) order by all`, options)).rows).toEqual(
      (await connector.query('from gold.big order by all', options)).rows,
    );
  });

  it('stay as written where the engine cannot serialize them', async () => {
    await connector.execute(
      `create or replace view gold.turned as select * from (pivot u on a in (1, 2) using count(*))`,
      options,
    );

    const definition = await definitionOf('turned');

    expect((await connector.query(`from (${definition})`, options)).rows).toHaveLength(1);
  });
});
