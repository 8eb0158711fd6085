import { describe, expect, it } from 'vitest';
import { martSettings } from '../../src/marts/settings.ts';

describe('marts.adoptable', () => {
  it.for([
    { view: 'gold.sales' },
    { table: 'gold.wide', definition: 'select 1 as one', maxStaleness: '26h' },
    { table: 'gold.wide', definitionFile: 'gold/wide.sql' },
  ])('takes %j', (one) => {
    expect(martSettings.safeParse({ adoptable: [one] }).success).toBe(true);
  });

  it.for([
    [{}, 'name either a `view` or a `table`'],
    [
      { view: 'gold.a', table: 'gold.a', definition: 'select 1' },
      'name either a `view` or a `table`',
    ],
    [
      { view: 'gold.a', definition: 'select 1' },
      'a view has its own definition; `definition` and `definitionFile` go with a `table`',
    ],
    [{ table: 'gold.a' }, 'a table needs its `definition` or its `definitionFile`, one of them'],
    [
      { table: 'gold.a', definition: 'select 1', definitionFile: 'a.sql' },
      'a table needs its `definition` or its `definitionFile`, one of them',
    ],
  ] as const)('refuses %j', ([one, because]) => {
    const { error } = martSettings.safeParse({ adoptable: [one] });

    expect(error?.issues.map(({ message }) => message)).toEqual([because]);
  });
});
