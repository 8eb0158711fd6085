import { afterAll, describe, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import { noFacts } from '../../../src/marts/facts.ts';
import { openParsers } from '../../../src/parsers/open-parsers.ts';
import { sameAnswers } from '../../../src/propose/dbt/same-answers.ts';
import { dialectOf } from '../../../src/sql/dialects.ts';
import { indexSchema } from '../../../src/sql/schema-index.ts';

const parsers = openParsers({ workers: 1 });
afterAll(() => parsers.close());

const dialect = dialectOf('snowflake');
const world = {
  dialect,
  schema: indexSchema(
    {
      ownDatabase: 'ANALYTICS',
      relations: [
        {
          id: relationId({ database: 'RAW', schema: 'SHOP', name: 'ORDERS' }),
          kind: 'table' as const,
          columns: ['ID', 'STATUS', 'AMOUNT'].map((name) => ({
            name,
            type: name === 'STATUS' ? 'varchar' : 'number(38,0)',
            notNull: false,
          })),
          keys: [],
          foreignKeys: [],
        },
      ],
    },
    dialect,
  ),
  names: { database: 'ANALYTICS' },
  parse: parsers.parse,
};

function compared(after: string) {
  return sameAnswers({
    before: 'select id, iff(amount > 3, status, null) as status, amount from raw.shop.orders',
    after,
    kept: ['ID', 'STATUS'],
    world,
    facts: noFacts,
    databases: 16,
  });
}

describe('two texts of a model', () => {
  it('answer alike on what stays, in another dialect and another database too', async () => {
    const after = 'select id, iff(amount > 3, status, null) as status from raw.shop.orders';

    expect(await compared(after)).toMatchObject({ kind: 'equal', databases: 16 });
  });

  it('are told apart by rows', async () => {
    expect(await compared('select id, status from raw.shop.orders')).toMatchObject({
      kind: 'unequal',
    });
  });

  it('are not tried where one is not understood', async () => {
    expect(await compared('select id, status from raw.shop.nothing')).toMatchObject({
      kind: 'not-tried',
      because: 'unknown relation',
    });
  });
});
