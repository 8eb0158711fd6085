import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../src/base/clock.ts';
import type { CatalogRelation, Connector } from '../../../src/connectors/connector.ts';
import {
  type KnownCatalog,
  readSnowflakeCatalog,
} from '../../../src/connectors/snowflake/read-snowflake-catalog.ts';
import { type SnowflakeAccount, snowflakeAccount } from '../../servers/snowflake-account.ts';

const options = { purpose: 'catalog' } as const;
const NOW = Date.UTC(2026, 10, 22);

describe('a Snowflake catalog that is read again', () => {
  let account: SnowflakeAccount;
  let connector: Connector;
  let known: KnownCatalog | undefined;
  let asked: string[];

  beforeAll(async () => {
    account = await snowflakeAccount();
    connector = await account.open({ writer: undefined });
  });
  afterAll(async () => {
    await connector.close();
    await account.server.stop();
  });

  const change = (sql: string) => account.server.sql(sql);

  async function read(now = NOW): Promise<readonly CatalogRelation[]> {
    asked = [];
    const session: Pick<Connector, 'query'> = {
      query(sql, asks) {
        asked.push(sql);
        return connector.query(sql, asks);
      },
    };
    const result = await readSnowflakeCatalog({ session, options, known, now });
    known = result.known;
    return result.relations;
  }

  /** What one who knows nothing reads. */
  async function readAnew(): Promise<readonly CatalogRelation[]> {
    return (await readSnowflakeCatalog({ session: connector, options, known: undefined, now: NOW }))
      .relations;
  }

  beforeEach(async () => {
    for (const sql of [
      'create or replace table "SHOP"."PUBLIC"."ORDERS" ("ID" bigint primary key, "AMOUNT" decimal(12, 2))',
      'create or replace table "SHOP"."PUBLIC"."CUSTOMERS" ("ID" bigint)',
      'create or replace view "SHOP"."PUBLIC"."BIG" as select "ID" from "SHOP"."PUBLIC"."ORDERS"',
    ]) {
      await change(sql);
    }
    known = undefined;
    await read();
  });

  it('is one statement where nothing changed', async () => {
    const before = await readAnew();

    expect(await read()).toEqual(before);
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['a column more', 'alter table "SHOP"."PUBLIC"."ORDERS" add column "NOTE" varchar', 'ORDERS'],
    [
      'a column renamed',
      'alter table "SHOP"."PUBLIC"."CUSTOMERS" rename column "ID" to "KEY"',
      'CUSTOMERS',
    ],
    [
      'a view defined anew',
      'create or replace view "SHOP"."PUBLIC"."BIG" as select "AMOUNT" from "SHOP"."PUBLIC"."ORDERS"',
      'BIG',
    ],
    ['a table more', 'create table "SHOP"."PUBLIC"."NEW" as select 1 as "N"', 'NEW'],
  ])('asks for the columns of what changed alone: %s', async (_what, sql, name) => {
    await change(sql);

    expect(await read()).toEqual(await readAnew());
    const columns = asked.filter((text) => text.includes('information_schema.columns'));
    expect(columns).toEqual([expect.stringContaining(`in (('PUBLIC', '${name}'))`)]);
    await change('drop table if exists "SHOP"."PUBLIC"."NEW"');
  });

  it('forgets what was dropped, and tells rows that came', async () => {
    await change('drop view "SHOP"."PUBLIC"."BIG"');
    await change('insert into "SHOP"."PUBLIC"."CUSTOMERS" values (1), (2)');

    const relations = await read();

    expect(relations.map(({ id }) => id)).not.toContain('PUBLIC.BIG');
    expect(relations.find(({ id }) => id === 'PUBLIC.CUSTOMERS')?.rows).toBe(2);
  });

  it('looks again for the text of a view that was kept from us', async () => {
    const views = '"SHOP"."SNOW_INFORMATION".own_views';
    const text = "select typed from (values ('create view BIG as select 1 as ID')) as t(typed)";
    await change(`update ${views} set typed = '' where object_name = 'BIG'`);
    known = undefined;
    const before = await read();
    await change(`update ${views} set typed = (${text}) where object_name = 'BIG'`);
    const after = await read();

    const definitionIn = (relations: readonly CatalogRelation[]) =>
      relations.find(({ id }) => id === 'PUBLIC.BIG')?.definitionSql;
    expect(definitionIn(before)).toBeUndefined();
    expect(definitionIn(after)).toBe('select 1 as ID');
  });

  it('reads everything again a day later', async () => {
    await read(NOW + DAY_MS);

    expect(asked.filter((text) => text.includes('information_schema.columns'))).toEqual([
      expect.not.stringContaining(' in (('),
    ]);
  });
});
