import { afterAll, describe, expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import { openParsers } from '../../src/parsers/open-parsers.ts';
import { shapeOfParsed } from '../../src/parsers/shape-of-text.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import type { SchemaSnapshot } from '../../src/sql/schema.ts';
import { indexSchema } from '../../src/sql/schema-index.ts';

const parsers = openParsers({ workers: 1, maxTokens: 1_000_000, timeoutMs: 2_000 });
afterAll(() => parsers.close());

function worldWith(...columns: readonly string[]) {
  const schema: SchemaSnapshot = {
    relations: ['main', 'other'].map((name) => ({
      id: relationId({ schema: name, name: 'orders' }),
      kind: 'table',
      columns: columns.map((column) => ({ name: column, type: 'integer', notNull: false })),
      keys: [],
      foreignKeys: [],
    })),
  };
  return { dialect: 'duckdb', schema } as const;
}

const main = { schema: 'main' };
const star = { sql: 'select * from orders', names: main };

describe('shapesOf', () => {
  it('gives the shapes that parsing and resolving give, in the order of the requests', async () => {
    const world = worldWith('id', 'amount');
    const requests = Array.from({ length: 150 }, (_, at) => ({
      sql: `select sum(amount) as s_${at} from orders where id > ${at} group by id`,
      names: at % 2 === 0 ? main : { schema: 'other' },
    }));

    const shapes = await parsers.shapesOf(requests, { world });

    const outcomes = await parsers.parse(
      requests.map(({ sql }) => ({ sql, dialect: world.dialect })),
    );
    const dialect = dialectOf(world.dialect);
    const schema = indexSchema(world.schema, dialect);
    const expected = outcomes.map((outcome, at) =>
      outcome.kind === 'parsed'
        ? shapeOfParsed(outcome, { schema, names: requests[at]?.names ?? {}, dialect })
        : undefined,
    );
    expect(shapes).toEqual(expected);
    expect(shapes[0]?.level).toBe('full');
  });

  it('resolves against the world it is handed, not the one before', async () => {
    const before = await parsers.shapesOf([star], { world: worldWith('id') });
    const after = await parsers.shapesOf([star, star], { world: worldWith('id', 'amount') });

    expect(before[0]?.columns.map(({ column }) => column)).toEqual(['id']);
    expect(after.map(({ columns }) => columns.length)).toEqual([2, 2]);
  });

  it('tells a new worker the world when the old one had to be ended', async () => {
    const world = worldWith('id');
    const hostile = { sql: `select a in (${'1,'.repeat(400_000)}1) from t`, names: main };

    const shapes = await parsers.shapesOf([star, hostile, star], { world });
    const later = await parsers.shapesOf([star], { world });

    expect(shapes.map(({ level }) => level)).toEqual(['full', expect.any(String), 'full']);
    expect(later[0]?.columns).toHaveLength(1);
  });

  it('keeps of a text no grammar accepts which tables it names, and nothing it quotes', async () => {
    const [shape] = await parsers.shapesOf(
      [{ sql: `select a b c 'secret' from orders where ((`, names: main }],
      { world: worldWith('id') },
    );

    expect(shape).toMatchObject({
      level: 'lexer',
      relations: [{ known: false }],
      notUnderstood: ['no grammar accepted it'],
    });
    expect(JSON.stringify(shape)).not.toContain('secret');
  });
});
