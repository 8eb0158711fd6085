import { describe, expect, it } from 'vitest';
import { openDuckdb } from '../../../src/parsers/duckdb/open-duckdb.ts';
import { GrammarError } from '../../../src/parsers/reader.ts';
import type { Statement } from '../../../src/sql/ir.ts';

function tablesOf(statements: readonly Statement[]): readonly string[] {
  return statements.flatMap((statement) =>
    statement.kind === 'query' && statement.query.body.kind === 'select'
      ? statement.query.body.from.map((item) =>
          item.kind === 'table' ? item.path.map(({ name }) => name).join('.') : item.kind,
        )
      : [],
  );
}

const reader = await openDuckdb((work) => work());

describe("DuckDB's own parser", () => {
  it('gives each of many texts asked at once its own tables', async () => {
    const names = Array.from({ length: 40 }, (_, at) => `table_${at}`);

    const read = await Promise.all(
      names.map((name) => reader.read(`select a, count(*) from s.${name} group by a`)),
    );

    expect(read.map(tablesOf)).toEqual(names.map((name) => [`s.${name}`]));
  });

  it.each(['this is no SQL', 'create table t (a integer)', "select 'not closed"])(
    'reads on after a text it writes no tree of: %s',
    async (refused) => {
      const [first, second] = await Promise.allSettled([
        reader.read(refused),
        reader.read('select a from t join u on t.b = u.b'),
      ]);

      expect(first).toMatchObject({ status: 'rejected', reason: expect.any(GrammarError) });
      expect(second.status === 'fulfilled' && tablesOf(second.value)).toEqual(['t', 'u']);
    },
  );
});
