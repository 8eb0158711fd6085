import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { openParsers } from '../../src/parsers/open-parsers.ts';
import type { DialectName } from '../../src/sql/dialect.ts';
import { DIALECT_NAMES } from '../../src/sql/dialect.ts';

const folder = join(process.env['GOLDSMITH_CORPUS'] ?? '../shared/data', 'statements');
const SAMPLE = 40;

/** At least this share of a sample is read; the files hold deliberately broken text, too. */
const SHARES: readonly (readonly [string, number])[] = [
  ['tpc', 1],
  ['clickbench', 1],
  ['bigquery_etl', 0.9],
  ['duckdb_tests', 0.9],
  ['pg_regress', 0.85],
  ['snowflake_samples', 0.85],
  ['spark_tests', 0.85],
];

function sampleOf(name: string): readonly { dialect: DialectName; sql: string }[] {
  const text = gunzipSync(readFileSync(join(folder, `${name}.jsonl.gz`))).toString();
  const lines = text.trim().split('\n');
  const step = Math.max(1, Math.floor(lines.length / SAMPLE));
  return lines
    .filter((_, index) => index % step === 0)
    .map((line) => JSON.parse(line) as { dialect: string; sql: string })
    .map(({ dialect, sql }) => ({
      sql,
      dialect: DIALECT_NAMES.find((known) => known === dialect) ?? 'generic',
    }));
}

const isThere = existsSync(folder) && readdirSync(folder).length > 0;
if (!isThere) {
  process.stdout.write(`skipped: no corpus of statements at ${folder}\n`);
}

describe.skipIf(!isThere)('the parsers on real statements', () => {
  const parsers = openParsers({ workers: 1, timeoutMs: 10_000 });
  afterAll(() => parsers.close());

  it.each(SHARES)('read a sample of %s, at least %d of it', async (name, share) => {
    const outcomes = await parsers.parse(sampleOf(name));

    const read = outcomes.filter(({ kind }) => kind === 'parsed').length;
    expect(read / outcomes.length).toBeGreaterThanOrEqual(share);
  });
});
