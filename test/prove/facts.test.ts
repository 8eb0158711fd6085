import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connector } from '../../src/connectors/connector.ts';
import type { Obligation } from '../../src/marts/mart.ts';
import { countGroups } from '../../src/prove/count-groups.ts';
import { measureColumns } from '../../src/prove/measure-columns.ts';
import { measureSourceState, sourcesMoved } from '../../src/prove/source-state.ts';
import { verifyObligations } from '../../src/prove/verify-obligations.ts';
import { aWarehouse, id } from './warehouse.ts';

describe('facts from the warehouse', () => {
  let warehouse: Connector;

  beforeAll(async () => {
    warehouse = await aWarehouse([
      'create table customers as select * from (values (1, 10), (2, 10), (3, null), (3, null)) as v(id, region)',
      "create table regions as select * from (values (10, 'north'), (11, 'south')) as v(id, name)",
      'create table "order" as select * from (values (1, 1), (2, 2), (3, 9), (4, null)) as v(id, customer_id)',
    ]);
  });
  afterAll(() => warehouse.close());

  const verify = (obligation: Obligation) =>
    verifyObligations(warehouse, {
      obligations: [obligation],
      source: 'a test',
      at: 7,
      purpose: 'facts',
    });

  it.for([
    [{ kind: 'unique-key', relation: id('regions'), columns: ['id'] }, undefined],
    [
      { kind: 'unique-key', relation: id('customers'), columns: ['id'] },
      '(id) should be unique in customers, and 1 row repeats a key',
    ],
    [{ kind: 'unique-key', relation: id('customers'), columns: ['id', 'region'] }, undefined],
    [
      {
        kind: 'inclusion',
        from: id('customers'),
        fromColumns: ['region'],
        to: id('regions'),
        toColumns: ['id'],
      },
      undefined,
    ],
    [
      {
        kind: 'inclusion',
        from: id('order'),
        fromColumns: ['customer_id'],
        to: id('customers'),
        toColumns: ['id'],
      },
      'every (customer_id) of order should exist in customers, and 1 row finds none',
    ],
    [{ kind: 'not-null', relation: id('regions'), column: 'name' }, undefined],
    [
      { kind: 'not-null', relation: id('order'), column: 'customer_id' },
      'order.customer_id should never be NULL, and is in 1 row',
    ],
  ] satisfies (readonly [Obligation, string | undefined])[])(
    '%j',
    async ([obligation, because]) => {
      const { facts, broken } = await verify(obligation);

      expect(broken[0]?.because).toBe(because);
      const proved = [...facts.uniqueKeys, ...facts.inclusions, ...facts.notNull];
      expect(proved).toHaveLength(because === undefined ? 1 : 0);
      expect(facts).toMatchObject({ source: 'a test', verifiedAt: 7 });
    },
  );

  it('counts the rows it looked at', async () => {
    const { facts } = await verify({ kind: 'not-null', relation: id('regions'), column: 'id' });

    expect(facts.rowCounts).toEqual([{ relation: 'regions', rows: 2 }]);
  });

  it('measures distinct values of several columns at once', async () => {
    const measured = await measureColumns(warehouse, {
      relation: id('customers'),
      columns: ['id', 'region'],
      purpose: 'facts',
    });

    expect(measured).toEqual({
      rows: 4,
      columns: [
        { column: 'id', distinct: 3 },
        { column: 'region', distinct: 1 },
      ],
    });
  });

  it('sees a changed cell, a swapped pair and an added row in a source, and no change where there is none', async () => {
    const state = () =>
      measureSourceState(warehouse, { relation: id('regions'), purpose: 'freshness' });
    const before = await state();
    const run = (sql: string) => warehouse.execute(sql, { purpose: 'build' });

    expect(sourcesMoved([before], [await state()])).toBeUndefined();
    await run("update regions set name = case name when 'north' then 'south' else 'north' end");
    const swapped = await state();
    await run("insert into regions values (12, 'west')");
    const grown = await state();

    expect(sourcesMoved([before], [swapped])).toBe(
      'regions has the same 2 rows in number, but not in content',
    );
    expect(sourcesMoved([before], [grown])).toBe('regions had 2 rows and has 3');
    expect(sourcesMoved([before], [])).toBe('regions was not measured again');
  });

  it('does not care about columns a mart does not read', async () => {
    const state = () =>
      measureSourceState(warehouse, {
        relation: id('"order"'),
        columns: [{ name: 'id', place: 0 }],
        purpose: 'freshness',
      });
    const before = await state();
    await warehouse.execute('update "order" set customer_id = 5', { purpose: 'build' });

    expect(await state()).toEqual(before);
  });

  it('counts combinations of columns, those with NULL among them', async () => {
    const combinations = await countGroups(warehouse, {
      relation: id('customers'),
      columns: ['id', 'region'],
      purpose: 'facts',
    });

    expect(combinations).toBe(3);
  });
});
