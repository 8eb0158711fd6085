import { describe, expect, it } from 'vitest';
import { wantedInnerKeys, wantedKeys } from '../../src/prune/wanted-keys.ts';
import { aDefinition } from './a-definition.ts';

const JOINED = `select s.id, c.name, t.label, m.name as manager from sales s
  left join customers c on c.id = s.customer left join managers m on m.id = c.manager and m.name <> 'x'
  join stores t on t.id = s.store and t.region = 'region 1'`;

describe('keys worth verifying before a mart is slimmed', () => {
  it('are those that left joins pin', async () => {
    const { query } = await aDefinition(JOINED);

    expect(wantedKeys(query)).toEqual([
      { kind: 'unique-key', relation: 'customers', columns: ['id'] },
      { kind: 'unique-key', relation: 'managers', columns: ['id'] },
    ]);
  });

  it('are, where values are looked up by key, those of inner joins too, from either side', async () => {
    const { query } = await aDefinition(JOINED);

    expect(wantedInnerKeys(query)).toEqual([
      { kind: 'unique-key', relation: 'sales', columns: ['store'] },
      { kind: 'unique-key', relation: 'stores', columns: ['id'] },
    ]);
    expect(wantedInnerKeys((await aDefinition('select id from sales')).query)).toEqual([]);
  });
});
