import { expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import { noFacts } from '../../src/marts/facts.ts';
import type { RandomDatabase } from '../../src/prove/random-databases.ts';
import { showCounterExample } from '../../src/prove/show-tables.ts';
import { shrinkDatabase } from '../../src/prove/shrink.ts';

const parent = relationId({ name: 'parent' });
const child = relationId({ name: 'child' });
const tables: RandomDatabase = [
  {
    relation: parent,
    columns: ['id', 'name'],
    rows: [
      ['7', "'north'"],
      ['8', "'south'"],
      ['9', "' x'"],
    ],
  },
  {
    relation: child,
    columns: ['of', 'amount'],
    rows: [
      ['7', '41'],
      ['8', '42'],
      ['9', '42'],
      ['9', 'NULL'],
    ],
  },
];
const facts = {
  ...noFacts,
  notNull: [{ relation: child, column: 'of' }],
  inclusions: [{ from: child, fromColumns: ['of'], to: parent, toColumns: ['id'] }],
};

it('keeps the rows and the values that matter, and the facts', async () => {
  let tries = 0;
  const found = await shrinkDatabase(
    { tables },
    {
      facts,
      stillDiffers: async (smaller) => {
        tries += 1;
        const differs = smaller[1]?.rows.some(([, amount]) => amount === '42') === true;
        return differs ? { tables: smaller } : undefined;
      },
    },
  );

  expect(found.tables[1]?.rows).toHaveLength(1);
  expect(found.tables[1]?.rows[0]?.[1]).toBe('42');
  expect(found.tables[0]?.rows).toHaveLength(1);
  expect(found.tables[0]?.rows[0]?.[0]).toBe(found.tables[1]?.rows[0]?.[0]);
  expect(found.tables[0]?.rows[0]?.[1]).toBe("'a'");
  expect(tries).toBeLessThan(40);
});

it('stops after so many tries', async () => {
  let tries = 0;
  await shrinkDatabase(
    { tables },
    {
      facts: noFacts,
      mostTries: 5,
      stillDiffers: async () => {
        tries += 1;
        return undefined;
      },
    },
  );

  expect(tries).toBe(5);
});

it('is shown as small tables', () => {
  expect(
    showCounterExample({
      tables,
      query: [['1', null]],
      rewritten: [
        ['"2"', '"x"'],
        ['0', '""'],
      ],
    }),
  ).toBe(`parent:
  id | name
  7  | north
  8  | south
  9  | ' x'

child:
  of | amount
  7  | 41
  8  | 42
  9  | 42
  9  | NULL

the query answers:
  1 | NULL

the rewrite answers:
  2 | x
  0 | ""`);
});
