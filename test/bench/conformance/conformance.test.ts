import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { breakStatement } from '../../../bench/conformance/break-statement.ts';
import { type LineageCase, scoreLineage } from '../../../bench/conformance/lineage-cases.ts';
import { isReached, type Measure } from '../../../bench/conformance/measure.ts';
import { readSettings } from '../../../bench/conformance/settings.ts';
import { tableOf } from '../../../bench/conformance/table.ts';
import { dialectOf } from '../../../src/sql/dialects.ts';

const read: Measure = {
  name: 'read',
  asked: { atLeast: 99.5 },
  cells: {
    goldsmith: { kind: 'share', hits: 198, of: 200 },
    other: { kind: 'skipped', because: 'not installed' },
  },
};

describe('the conformance table', () => {
  it('says which bound is missed, and why a peer has no number', () => {
    const text = tableOf([{ title: 'Reading', notes: [], measures: [read], misses: [] }]);

    expect(text).toContain(
      '| read | >= 99.5 **missed** | 99.0 % (198/200) | skipped: not installed |',
    );
  });

  it('takes a bound of nothing as reached by nothing only', () => {
    const unsound = (value: number): Measure => ({
      name: 'unsound',
      asked: { atMost: 0 },
      cells: { goldsmith: { kind: 'number', value, unit: '' } },
    });

    expect([isReached(unsound(0)), isReached(unsound(1))]).toEqual([true, false]);
    expect(isReached({ ...read, cells: {} })).toBeUndefined();
  });

  it('refuses a stride that is no whole number', () => {
    expect(() => readSettings(['--stride', 'often'])).toThrow('--stride must be a whole number');
    expect(readSettings(['--quick']).stride).toBeGreaterThan(1);
  });

  it('is skipped aloud where there is no corpus', async () => {
    const nowhere = join(await mkdtemp(join(tmpdir(), 'goldsmith-')), 'nothing');
    const main = join(import.meta.dirname, '../../../bench/conformance/main.ts');

    const { stderr } = await promisify(execFile)(process.execPath, [main, '--no-peers'], {
      env: { ...process.env, GOLDSMITH_CORPUS: nowhere },
    });

    expect(stderr).toContain(`skipped: there is no corpus at ${nowhere}`);
  });
});

describe('a text broken on purpose', () => {
  it('lacks a bracket, doubles a comma, doubles a clause or ends in the middle', () => {
    expect(breakStatement('select f(a), b from t', dialectOf('duckdb'))).toEqual([
      'select f(a, b from t',
      'select f(a),, b from t',
      'select f(a), b from where by  t',
      'select f(a), (',
    ]);
  });
});

describe('a lineage case', () => {
  const each: LineageCase = {
    id: '1',
    dialect: 'ansi',
    sql: '',
    schema: {},
    expected: { in_tables: ['T'], lineage: [{ col: 'x', up: [['T', 'A']] }] },
  };

  it('is exact where the same names stand, in any case and order', () => {
    const scores = scoreLineage(each, { tables: ['t'], edges: ['X <- t.a', 'x <- t.a'] });

    expect(scores.map(({ of, isExact }) => [of, isExact])).toEqual([
      ['tables', true],
      ['lineage', true],
    ]);
  });

  it('is inexact with an edge too many', () => {
    const [, lineage] = scoreLineage(each, { tables: ['t'], edges: ['x <- t.a', 'x <- t.b'] });

    expect(lineage?.isExact).toBe(false);
  });
});
