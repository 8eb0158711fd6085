import { describe, expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import { pictureOf } from '../../src/drift/schema-picture.ts';
import type { SourceNow } from '../../src/drift/source-now.ts';
import { type Gone, withoutColumns } from '../../src/drift/without-columns.ts';
import { type Facts, noFacts } from '../../src/marts/facts.ts';
import type { MartDefinition } from '../../src/marts/mart.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import { schemaOf, statementsOf } from '../sql/resolve/shape-sql.ts';

const dialect = dialectOf('duckdb');
const LINES = relationId({ schema: 'silver', name: 'lines' });
const STORES = relationId({ schema: 'silver', name: 'stores' });
const BEFORE = `
  create table silver.lines (line_id int, store_id int, amount double);
  create table silver.stores (store_id int, region varchar);
`;
const GONE: Gone = { kind: 'relation-removed', relation: STORES };
const ONE_STORE_EACH: Facts = {
  ...noFacts,
  uniqueKeys: [{ relation: STORES, columns: ['store_id'] }],
};

async function without(
  sql: string,
  {
    columns,
    gone,
    facts,
  }: { readonly columns: string; readonly gone: Gone; readonly facts: Facts },
) {
  const [statement] = await statementsOf(sql, dialect);
  if (statement?.kind !== 'query') {
    throw new Error(`no query: ${sql}`);
  }
  const before = await schemaOf(BEFORE, { dialect });
  const { relations } = pictureOf(before.snapshot, { takenAt: 0 });
  const sources = relations
    .filter(({ id }) => gone.kind !== 'relation-removed' || id !== gone.relation)
    .map((each): SourceNow => ({ was: each, is: each, renamed: new Map() }));
  const definition: MartDefinition = {
    relation: relationId({ schema: 'gold', name: 'wide' }),
    origin: 'candidate',
    sql,
    columns: columns.split(' ').map((name) => ({ name, type: 'VARCHAR' })),
    sources: [LINES, STORES],
    obligations: [{ kind: 'unique-key', relation: STORES, columns: ['store_id'] }],
    maxStalenessMs: 0,
  };
  return withoutColumns(definition, {
    dialect: 'duckdb',
    query: statement.query,
    before,
    sources,
    gone: [gone],
    facts,
  });
}

const LEFT_JOIN =
  'select l.line_id, l.amount, s.region from silver.lines l left join silver.stores s on s.store_id = l.store_id';

describe('a definition whose source is gone', () => {
  it('is left without what the source gave, where no row hung on its join', async () => {
    const left = await without(LEFT_JOIN, {
      columns: 'line_id amount region',
      gone: GONE,
      facts: ONE_STORE_EACH,
    });

    expect(left).toMatchObject({
      kind: 'without',
      columns: ['region'],
      definition: { sources: [LINES], obligations: [] },
    });
    expect(left.kind === 'without' ? left.definition.sql : '').not.toContain('stores');
  });

  it.each([
    ['where its join may have repeated rows', LEFT_JOIN, noFacts],
    ['where its join chose rows', LEFT_JOIN.replace('left join', 'join'), ONE_STORE_EACH],
    [
      'where it grouped them',
      'select s.region as line_id, sum(l.amount) as amount from silver.lines l left join silver.stores s on s.store_id = l.store_id group by s.region',
      ONE_STORE_EACH,
    ],
  ])('has nothing left that means the same %s', async (_why, sql, facts) => {
    const columns = sql.includes('group by') ? 'line_id amount' : 'line_id amount region';

    expect(await without(sql, { columns, gone: GONE, facts })).toEqual({
      kind: 'refused',
      because: 'what is gone chose, joined or grouped its rows',
    });
  });

  it('has nothing left that means the same where a column that is gone grouped its rows', async () => {
    const sql =
      'select s.region, sum(l.amount) as amount from silver.lines l join silver.stores s on s.store_id = l.store_id group by s.region';

    expect(
      await without(sql, {
        columns: 'region amount',
        gone: { kind: 'column-removed', relation: STORES, column: 'region', type: 'VARCHAR' },
        facts: noFacts,
      }),
    ).toEqual({ kind: 'refused', because: 'what is gone chose, joined or grouped its rows' });
  });
});
