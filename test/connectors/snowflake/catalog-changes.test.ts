import {
  type KnownSnowflake,
  readSnowflakeCatalog,
} from '../../../src/connectors/snowflake/read-snowflake-catalog.ts';
import { catalogConformance } from '../../conformance/catalog-conformance.ts';
import { snowflakeAccount } from '../../servers/snowflake-account.ts';

const VIEWS = '"SHOP"."SNOW_INFORMATION".own_views';

catalogConformance<KnownSnowflake>({
  name: 'a Snowflake database',
  least: 1,
  columns: /information_schema\.columns/,
  keepsTexts: true,
  said: { tags: { TEAM: 'set' }, amount: { comment: 'in euro', tags: { PERSONAL: 'set' } } },
  async open() {
    const account = await snowflakeAccount();
    const connector = await account.open({ writer: undefined });
    const people = (sql: string) => account.server.sql(sql);
    const named = (name: string) => `"SHOP"."PUBLIC"."${name.toUpperCase()}"`;
    return {
      connector,
      people,
      named,
      idOf: (name) => `PUBLIC.${name.toUpperCase()}`,
      async defineView(name, select) {
        await people(`create or replace view ${named(name)} as ${select}`);
        await people(`delete from ${VIEWS} where object_name = '${name.toUpperCase()}'`);
      },
      text: {
        keep: (name) =>
          people(
            `insert into ${VIEWS} (schema_name, object_name, typed) values ('PUBLIC', '${name.toUpperCase()}', '')`,
          ),
        tell: (name, select) =>
          people(
            `update ${VIEWS} set typed = 'create view ${name} as ${select}' where object_name = '${name.toUpperCase()}'`,
          ),
      },
      async say() {
        await people(`comment on column ${named('orders')}."amount" is 'in euro'`);
        await people(`insert into "SHOP"."SNOW_INFORMATION".own_tags values
  ('TABLE', 'PUBLIC', 'ORDERS', null, 'TEAM'), ('COLUMN', 'PUBLIC', 'ORDERS', 'amount', 'PERSONAL')`);
      },
      read: (look) => readSnowflakeCatalog({ ...look, options: { purpose: 'catalog' } }),
      async close() {
        await connector.close();
        await account.server.stop();
      },
    };
  },
});
