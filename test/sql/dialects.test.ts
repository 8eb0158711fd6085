import { describe, expect, it } from 'vitest';
import { DIALECT_NAMES } from '../../src/sql/dialect.ts';
import { DIALECTS, dialectOf } from '../../src/sql/dialects.ts';

describe('dialectOf', () => {
  it.each(DIALECT_NAMES)('knows %s under its own name, in any case', (name) => {
    expect(dialectOf(name.toUpperCase())).toBe(DIALECTS[name]);
  });

  it.each([
    ['bq', 'bigquery'],
    ['postgresql', 'postgres'],
    ['spark-sql', 'spark'],
    ['Spark SQL', 'spark'],
    ['hive', 'spark'],
    ['presto', 'trino'],
    ['athena', 'trino'],
    ['starrocks', 'mysql'],
    ['doris', 'mysql'],
  ])('reads %s as %s', (alias, name) => {
    expect(dialectOf(alias).name).toBe(name);
  });

  it.each(['ansi', '', 'oracle', 'constructor', '__proto__'])('reads %j as generic SQL', (name) => {
    expect(dialectOf(name).name).toBe('generic');
  });
});
