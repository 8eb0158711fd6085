import { describe, expect, it } from 'vitest';
import type { HistoryRow } from '../../src/connectors/history-row.ts';
import { servedComment } from '../../src/sql/comment-tags.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import { fingerprint } from '../../src/sql/fingerprint.ts';
import type { Interpreted } from '../../src/usage/interpret-row.ts';
import { interpretRow } from '../../src/usage/interpret-row.ts';
import { rowInterpreter } from '../../src/usage/row-interpreter.ts';

const dialect = dialectOf('duckdb');

function interpret(text: string, row: Partial<HistoryRow> = {}): Interpreted {
  return interpretRow(
    { id: '1', text, endedAt: Date.UTC(2026, 0, 31, 23, 59), status: 'success', ...row },
    { dialect, readerRules: [] },
  );
}

function skippedBy(text: string, row: Partial<HistoryRow> = {}): string | undefined {
  const meaning = interpret(text, row);
  return meaning.kind === 'skip' ? meaning.rule : undefined;
}

describe('interpretRow', () => {
  it('tells who asked what, when and how it was answered', () => {
    const text = `/*application='shop',route='/orders'*/ SELECT a FROM t WHERE b = 'x'`;

    expect(interpret(text, { client: ' Shop-Web ', role: 'reader', cached: true })).toEqual({
      kind: 'use',
      ...fingerprint(text, dialect),
      templateFingerprint: fingerprint(`select a from t where b = 'y'`, dialect).fingerprint,
      statementClass: { kind: 'query', verb: 'select' },
      reader: { kind: 'dashboard', name: 'shop /orders', tool: 'sqlcommenter' },
      client: 'shop-web',
      role: 'reader',
      day: '2026-01-31',
      endedAt: Date.UTC(2026, 0, 31, 23, 59),
      servedBy: { kind: 'base' },
      status: 'success',
      cached: true,
    });
  });

  it('knows who tells no client by the user, as Snowflake’s and BigQuery’s histories must be read', () => {
    expect(interpret('select a from t', { user: 'LOOKER_SVC' })).toMatchObject({
      client: 'looker_svc',
    });
    expect(interpret('select a from t', { user: 'ann', client: 'psql' })).toMatchObject({
      client: 'psql',
    });
  });

  it('books what route served on the template that was asked', () => {
    const asked = fingerprint('select a, sum(b) from t group by a', dialect).fingerprint;
    const tag = servedComment({ served: 'route', mart: 'gold.t_by_a', template: asked });

    expect(interpret(`${tag} select a, b from gold.t_by_a`, { user: 'ada' })).toMatchObject({
      kind: 'use',
      templateFingerprint: asked,
      servedBy: { kind: 'route', mart: 'gold.t_by_a' },
      reader: { kind: 'person', name: 'ada' },
    });
  });

  it('tells what the warehouse answered from a mart by itself, where the statement names neither', () => {
    const naming = { goldSchema: 'gold', dataSchema: 'gold_data' };
    const servedBy = (text: string, from: string) => {
      const row = { id: '1', text, endedAt: 0, status: 'success', answeredFrom: [from] } as const;
      const meaning = interpretRow(row, { dialect, readerRules: [], naming });
      return meaning.kind === 'use' ? meaning.servedBy : meaning;
    };

    expect(servedBy('select sum(a) from t', 'gold_data.sales__v3')).toEqual({
      kind: 'rewritten',
      mart: 'gold.sales',
    });
    for (const [text, from] of [
      ['select * from gold.sales', 'gold_data.sales__v3'],
      ['select * from gold_data.sales__v3', 'gold_data.sales__v3'],
      ['select sum(a) from t', 'theirs.sales__v3'],
      ['select sum(a) from t', 'gold_data.sales'],
    ] as const) {
      expect(servedBy(text, from)).toEqual({ kind: 'base' });
    }
  });

  it('knows a statement held out for comparison', () => {
    const template = fingerprint('select a from t where b = 1', dialect).fingerprint;
    const tag = servedComment({ served: 'hold-out', mart: 'gold.m', template });

    expect(interpret(`${tag} select a from t where b = 2`)).toMatchObject({
      servedBy: { kind: 'hold-out', mart: 'gold.m' },
      templateFingerprint: template,
    });
  });

  it.each([
    ['route', 'select a from t'],
    ['route', "select 'gold.m' from t"],
    ['hold-out', 'select count(*) from huge cross join huge'],
  ] as const)('believes no comment of a %s that its text does not bear out', (served, text) => {
    const template = fingerprint('select a from t where b = 1', dialect).fingerprint;
    const tag = servedComment({ served, mart: 'gold.m', template });

    expect(interpret(`${tag} ${text}`)).toMatchObject({
      servedBy: { kind: 'base' },
      templateFingerprint: fingerprint(text, dialect).fingerprint,
    });
  });

  it.each([
    ['own-statements', `/* goldsmith='build' */ create table t as select 1 from s`],
    ['empty-statements', ' -- nothing'],
    ['transactions', 'begin'],
    ['transactions', 'commit;'],
    ['sessions', 'set threads = 4'],
    ['sessions', 'call refresh()'],
    ['ddl', 'create table t (a int)'],
    ['ddl', 'create view v as select a from t'],
    ['ddl', 'drop table t'],
    ['metadata-queries', 'show tables'],
    ['metadata-queries', 'describe t'],
    ['metadata-queries', 'explain select a from t'],
    ['metadata-queries', 'select table_name from information_schema.tables'],
    [
      'metadata-queries',
      'select * from db.information_schema.columns c join pg_catalog.pg_class k on true',
    ],
    ['metadata-queries', 'select * from duckdb_tables()'],
    ['bi-heartbeats', 'select 1'],
    ['bi-heartbeats', 'SELECT version(), current_date'],
  ])('skips as %s: %s', (rule, text) => {
    expect(skippedBy(text, { user: 'ada' })).toBe(rule);
  });

  it.each([
    'select a from t join information_schema.tables on true',
    'select pg_price from t',
    'select (select max(a) from t)',
    'insert into t select a from s',
    'create table t as select a from s',
    'merge into t using s on true when matched then delete',
    'update t set a = 1',
    "copy t from 'x.csv'",
  ])('does not skip %s', (text) => {
    expect(skippedBy(text, { user: 'ada' })).toBeUndefined();
  });

  it('skips previews of persons, up to a thousand rows', () => {
    expect(skippedBy('select * from gold.sales limit 1000', { user: 'ada' })).toBe('previews');
    expect(
      skippedBy('select s.* from "gold"."My Sales" s limit 200 offset 400', { user: 'ada' }),
    ).toBe('previews');
    expect(skippedBy('select * from gold.sales limit 1001', { user: 'ada' })).toBeUndefined();
    expect(
      skippedBy('select * from gold.sales where a = 1 limit 10', { user: 'ada' }),
    ).toBeUndefined();
    expect(skippedBy('select * from gold.sales limit 10', { client: 'Tableau' })).toBeUndefined();
  });

  it.each([
    ['failed', 'failed-statements'],
    ['cancelled', 'cancelled-statements'],
  ] as const)('skips what was %s, and tells whose run it was', (status, rule) => {
    const text = 'select a from t';

    expect(interpret(text, { status })).toMatchObject({
      kind: 'skip',
      rule,
      use: { status, templateFingerprint: fingerprint(text, dialect).fingerprint },
    });
  });

  it('uses statements of unknown outcome', () => {
    expect(interpret('select a from t', { status: 'unknown' })).toMatchObject({
      kind: 'use',
      status: 'unknown',
    });
  });
});

describe('rowInterpreter', () => {
  it('answers as interpretRow does, row after row', () => {
    const parts = { dialect, readerRules: [{ user: 'x*', kind: 'pipeline' as const }] };
    const interpretNext = rowInterpreter(parts);
    const texts = [
      'select a from t',
      `/*application='shop'*/ select a from t`,
      `/*application='shop'*/ -- and more\nselect b from t`,
      `/* goldsmith='build' */ create table t as select 1 from s`,
      `select a from t -- ${'x'.repeat(2000)}`,
      '/* {"app": "dbt", "node_id": "model.p.m"} */ select a from t',
      '/* {"app": "dbt", "node_id": "model.p.m"} */ select a from dbt_ci.t',
    ];
    const rows = [...texts, ...texts].flatMap((text, index) =>
      ['ada', 'xy'].map(
        (user): HistoryRow => ({
          id: `${index}`,
          text,
          user,
          client: 'psql',
          endedAt: Date.UTC(2026, 0, 1 + index, 12),
          status: 'success',
          ...(index % 3 === 0 ? { tags: { agent: 'bot' } } : {}),
          ...(index > texts.length ? { schema: 'dbt_cloud_pr_1' } : {}),
        }),
      ),
    );

    const read = rows.map(interpretNext);
    const kinds = read.map((each) => (each.kind === 'use' ? each.reader.kind : 'skipped'));

    expect(read).toEqual(rows.map((row) => interpretRow(row, parts)));
    expect(kinds.filter((kind) => kind === 'test')).toHaveLength(3);
  });
});
