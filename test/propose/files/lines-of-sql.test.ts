import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { linesOfSql } from '../../../src/propose/files/lines-of-sql.ts';
import { sameStatement } from '../../../src/propose/files/mart-sql.ts';
import type { DialectName } from '../../../src/sql/dialect.ts';
import { dialectOf } from '../../../src/sql/dialects.ts';

const duckdb = dialectOf('duckdb');

describe('a statement on one line', () => {
  it('gets a line a clause, an item and a condition', () => {
    const sql =
      "SELECT o.day, sum(l.net) AS net, count(*) FILTER (WHERE l.x > 1) AS n FROM silver.lines AS l INNER JOIN silver.orders AS o ON ((o.id = l.id)) LEFT OUTER JOIN silver.stores AS s USING (store, day) WHERE (o.kind != 'Internal') AND o.day BETWEEN '2024-01-01' AND '2024-02-01' AND left(o.kind, 1) IS DISTINCT FROM 'x' GROUP BY o.day, s.region HAVING count(*) > 2 ORDER BY 1, 2 LIMIT 3;";

    expect(linesOfSql(sql, duckdb).split('\n')).toEqual([
      'SELECT o.day,',
      '  sum(l.net) AS net,',
      '  count(*) FILTER (WHERE l.x > 1) AS n',
      'FROM silver.lines AS l',
      'INNER JOIN silver.orders AS o ON ((o.id = l.id))',
      'LEFT OUTER JOIN silver.stores AS s USING (store, day)',
      "WHERE (o.kind != 'Internal')",
      "  AND o.day BETWEEN '2024-01-01' AND '2024-02-01'",
      "  AND left(o.kind, 1) IS DISTINCT FROM 'x'",
      'GROUP BY o.day, s.region',
      'HAVING count(*) > 2',
      'ORDER BY 1, 2',
      'LIMIT 3;',
    ]);
  });

  it('takes a name for a name', () => {
    const sql = `select t.left, t."from", t.order, t.group, percentile_cont(0.5) within group (order by t.limit) as half from a.limit as t join b on b.x = t.join`;

    expect(linesOfSql(sql, duckdb).split('\n')).toEqual([
      'select t.left,',
      '  t."from",',
      '  t.order,',
      '  t.group,',
      '  percentile_cont(0.5) within group (order by t.limit) as half',
      'from a.limit as t',
      'join b on b.x = t.join',
    ]);
  });

  it.for([
    ['is short', 'select a, b from t where a > 1'],
    ['has lines', `select a,\n b from t where ${'a > 1 and '.repeat(10)} true`],
    ['has a comment', `select a /* the key */ from t where ${'a > 1 and '.repeat(10)} true`],
  ] as const)('keeps its layout where it %s', ([, sql]) => {
    expect(linesOfSql(sql, duckdb)).toBe(sql);
  });

  it('stays the same statement, whatever the statement and the dialect', () => {
    const folder = join(import.meta.dirname, '../../parsers/documented');
    const statements = readdirSync(folder).flatMap((file) =>
      readFileSync(join(folder, file), 'utf8')
        .split('\n')
        .map((sql) => ({ sql, dialect: dialectOf(file.replace('.sql', '') as DialectName) })),
    );
    const changed = statements.filter(
      ({ sql, dialect }) => !sameStatement(sql, linesOfSql(sql, dialect), dialect),
    );

    expect(statements.length).toBeGreaterThan(400);
    expect(changed).toEqual([]);
  });
});
