import { describe, expect, it } from 'vitest';
import { loosened } from '../../src/parsers/loosen.ts';
import { parseOne } from '../../src/parsers/parse-one.ts';
import type { DialectName } from '../../src/sql/dialect.ts';
import { DIALECTS } from '../../src/sql/dialects.ts';
import { statementDigest } from './digest.ts';

function loosely(dialect: DialectName, sql: string): string | undefined {
  return loosened(sql, DIALECTS[dialect])?.sql;
}

async function digestOf(dialect: DialectName, sql: string): Promise<string> {
  const outcome = await parseOne({ sql, dialect });
  return outcome.kind === 'parsed'
    ? outcome.statements.map(statementDigest).join('; ')
    : outcome.because;
}

describe('loosened', () => {
  it('leaves alone what has nothing to leave out', () => {
    expect(loosened('select a frm t', DIALECTS.duckdb)).toBeUndefined();
    expect(loosened('select {{ a }} from t', DIALECTS.duckdb)).toBeUndefined();
    expect(loosened('', DIALECTS.duckdb)).toBeUndefined();
  });

  it('leaves out lines of # before the statement, where # begins no comment', () => {
    expect(loosely('snowflake', '# title: a\n# b\nselect 1')).toBe('select 1');
  });

  it('leaves out the rest of a template, and says that it did', () => {
    const sql = "'\n) }}\nselect 'a' from t";

    expect(loosened(sql, DIALECTS.trino)).toEqual({
      sql: "\nselect 'a' from t",
      isPart: true,
      opaque: [],
    });
  });

  it('keeps name, columns and query of a view, whatever stands between them', () => {
    const sql = `create or refresh materialized view a.b (x comment 'y', constraint c expect (x > 0), z)
      schedule every 1 hour as select x, y from c.d`;

    expect(loosely('databricks', sql)).toBe(
      'create materialized view a.b (x, z) as select x, y from c.d',
    );
  });

  it('leaves out what a view says of itself after its query', () => {
    const sql = 'create materialized view v (a) as select i from t with no data';

    expect(loosely('postgres', sql)).toBe('create materialized view v (a) as select i from t');
  });

  it('keeps the columns of a table and not its options', () => {
    const sql = 'create table t (a int) using delta partitioned by (a) comment "x"';

    expect(loosely('databricks', sql)).toBe('create table t (a int)');
  });

  it('reads what is left', async () => {
    const merge =
      'merge with schema evolution into t using s on t.id = s.id when matched then delete';

    expect(await digestOf('databricks', merge)).toContain('merge');
    expect(await digestOf('spark', "create table identifier('t') as values (1) as v(a)")).toContain(
      't',
    );
  });
});
