import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sameViewText } from '../../src/materializer/view-text.ts';

const VIEWS = [
  "select a, date '2020-01-01' as x, timestamptz '2020-01-01 00:00Z' as z from g.t",
  'select a::decimal(5) as x, a::numeric as y, s::varchar(10) as v, a::decimal(10, 2)[] as w from g.t',
  'select list_transform(l, lambda x: x + 1) as x, list_reduce(l, lambda x, y: x + y) as y from g.t',
  'select [x * 2 for x in l if x > 1] as x, map {1: 2}::map(bigint, date) as m, \'AS "DATE")\' as c from g.t',
  'with c as materialized (select a from g.t) select c.a from c cross join g.t',
  "select a from g.t where now() <= timestamptz '2026-11-22T21:28:13.659Z' union all select 1",
];

describe('the stored text of a view', () => {
  const folder = mkdtempSync(join(tmpdir(), 'goldsmith-view-'));
  const path = join(folder, 'lake.duckdb');
  let created: readonly string[];
  let reopened: readonly string[];

  async function texts(setup: readonly string[]): Promise<readonly string[]> {
    const instance = await DuckDBInstance.create(path);
    const connection = await instance.connect();
    for (const sql of setup) {
      await connection.run(sql);
    }
    const result = await connection.runAndReadAll(
      'select sql from duckdb_views() where not internal order by view_name',
    );
    connection.closeSync();
    instance.closeSync();
    return result.getRows().map(([sql]) => String(sql));
  }

  beforeAll(async () => {
    const views = VIEWS.map((sql, at) => `create view g.v${at} as ${sql}`);
    created = await texts([
      'create schema g',
      'create table g.t (a int, s varchar, l int[])',
      ...views,
    ]);
    reopened = await texts([]);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.for(VIEWS.map((sql, at) => [sql, at] as const))(
    'is the same before and after the file is opened again: %s',
    ([, at]) => {
      expect(created[at]).not.toBe(reopened[at]);
      expect(sameViewText(created[at], reopened[at])).toBe(true);
    },
  );

  it.for([
    ['another text constant', "SELECT 'x' AS a;", "SELECT 'y' AS a;"],
    ['a constant that looks like a type', `SELECT '"DATE"' AS a;`, "SELECT 'DATE' AS a;"],
    ['another type', 'SELECT CAST(a AS "DATE");', 'SELECT CAST(a AS TIMESTAMP);'],
    ['another precision', 'SELECT CAST(a AS DECIMAL(10,2));', 'SELECT CAST(a AS DECIMAL(10,3));'],
    ['a column for a constant', 'SELECT "NULL" FROM t;', 'SELECT NULL FROM t;'],
  ])('differs by %s', ([, left, right]) => {
    expect(sameViewText(left, right)).toBe(false);
  });
});
