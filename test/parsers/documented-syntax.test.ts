import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { answerShapeLine } from '../../src/cli/shape-line.ts';
import type { DialectName } from '../../src/sql/dialect.ts';
import { parse } from '../sql/match/ask.ts';

/** Every n-th statement, so that a normal run stays short; 1 for all. */
const STRIDE = Number(process.env['GOLDSMITH_DOCUMENTED_STRIDE'] ?? 5);

/** Written after what each vendor's documentation shows, a statement a line; those of a lakehouse are Spark's, too. */
const DIALECTS: readonly DialectName[] = [
  'snowflake',
  'bigquery',
  'databricks',
  'duckdb',
  'postgres',
  'redshift',
  'trino',
];

describe('documented syntax', () => {
  it.each(DIALECTS)('is read: %s', async (dialect) => {
    const path = join(import.meta.dirname, 'documented', `${dialect}.sql`);
    const statements = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line, at) => line !== '' && at % STRIDE === 0);
    const refused: string[] = [];

    for (const sql of statements) {
      const { level, unparsed } = await answerShapeLine({ id: 1, dialect, sql }, { parse });
      if (level !== 'full' && level !== 'partial') {
        refused.push(`${sql}\n  ${unparsed}`);
      }
    }

    expect(statements.length).toBeGreaterThan(5);
    expect(refused).toEqual([]);
  });
});
