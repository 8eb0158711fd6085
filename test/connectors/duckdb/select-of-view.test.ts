import { describe, expect, it } from 'vitest';
import { selectOfView } from '../../../src/connectors/duckdb/select-of-view.ts';

describe('the SELECT of a view', () => {
  it.for<[string, string, string]>([
    ['a plain name', 'CREATE VIEW v AS SELECT 1 AS a;', 'SELECT 1 AS a'],
    ['a full name', 'CREATE VIEW db.gold.v AS SELECT 1 AS a;', 'SELECT 1 AS a'],
    [
      'a name with AS and a quote in it',
      'CREATE VIEW "x as ""y"" (" AS SELECT 1 AS a;',
      'SELECT 1 AS a',
    ],
    ['a temporary view', 'CREATE TEMPORARY VIEW v AS (SELECT 1 AS a);', '(SELECT 1 AS a)'],
    [
      'a column list',
      'CREATE VIEW v (a, "b c") AS SELECT 1, 2;',
      'SELECT * FROM (SELECT 1, 2) AS renamed ("a", "b c")',
    ],
    ['a name that begins with as', 'CREATE VIEW assets AS SELECT 1 AS a;', 'SELECT 1 AS a'],
  ])('after %s', ([, create, select]) => {
    expect(selectOfView(create, ['a', 'b c'])).toBe(select);
  });
});
