import { afterAll, beforeAll, describe } from 'vitest';
import { loopConformance } from '../../conformance/loop-conformance.ts';
import type { LoopWarehouse } from '../../conformance/loop-world.ts';
import { NAMED } from '../../connectors/snowflake/named.ts';
import { part } from '../part.ts';
import { STAND_INS } from './account-usage.ts';
import { type Fakesnow, startFakesnow } from './fakesnow.ts';

part({ variable: 'GOLDSMITH_FAKESNOW', against: 'Snowflake, as fakesnow (PyPI) has it' }, () => {
  describe('fakesnow', () => {
    let fakesnow: Fakesnow;
    let databases = 0;

    beforeAll(async () => {
      fakesnow = await startFakesnow();
      const people = await fakesnow.open('SNOWFLAKE');
      for (const sql of STAND_INS) {
        await people.execute(sql, { purpose: 'build' });
      }
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
