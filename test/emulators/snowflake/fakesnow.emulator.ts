import { afterAll, beforeAll, describe } from 'vitest';
import { loopConformance } from '../../conformance/loop-conformance.ts';
import type { LoopWarehouse } from '../../conformance/loop-world.ts';
import { NAMED } from '../../connectors/snowflake/named.ts';
import { part } from '../part.ts';
import { type Fakesnow, startFakesnow } from './fakesnow.ts';

part({ variable: 'GOLDSMITH_FAKESNOW', against: 'Snowflake, as fakesnow (PyPI) has it' }, () => {
  describe('fakesnow', () => {
    let fakesnow: Fakesnow;
    let databases = 0;

    beforeAll(async () => {
      fakesnow = await startFakesnow();
      const people = await fakesnow.open('SNOWFLAKE');
      await people.execute('create schema if not exists account_usage', { purpose: 'build' });
      await people.execute(
        `create table account_usage.policy_references (ref_database_name varchar, ref_schema_name varchar,
  ref_entity_name varchar, policy_kind varchar, ref_column_name varchar)`,
        { purpose: 'build' },
      );
      await people.close();
    });
    afterAll(() => fakesnow.stop());

    async function open(): Promise<LoopWarehouse> {
      databases += 1;
      const connector = await fakesnow.open(`SHOP${databases}`);
      return {
        connector,
        people: async (sql) => void (await connector.execute(sql, { purpose: 'build' })),
        close: () => connector.close(),
      };
    }

    // Its sums of decimals are floating-point numbers.
    const types = { ...NAMED.types, sumOfMoney: 'FLOAT' };
    loopConformance({ ...NAMED, name: 'fakesnow', types, open });
  });
});
