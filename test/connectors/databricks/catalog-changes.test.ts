import { openDatabricks } from '../../../src/connectors/databricks/databricks-connector.ts';
import {
  type KnownDatabricks,
  readDatabricksCatalog,
} from '../../../src/connectors/databricks/read-databricks-catalog.ts';
import { catalogConformance } from '../../conformance/catalog-conformance.ts';
import { startDatabricks } from '../../servers/databricks-server.ts';
import { targetOn } from './open-server.ts';

const OWNERS = 'lakehouse.unity.owners';

catalogConformance<KnownDatabricks>({
  name: 'a Databricks catalog',
  // The rows of both tables, and the bytes of each.
  least: 4,
  columns: /information_schema\.columns/,
  keepsTexts: true,
  said: { tags: { team: 'sales' }, amount: { comment: 'in euro', tags: { personal: 'no' } } },
  async open() {
    const server = await startDatabricks();
    const connector = await openDatabricks(targetOn(server));
    const named = (name: string) => `shop.sales.${name}`;
    return {
      connector,
      people: (sql) => server.seed(sql),
      named,
      idOf: (name) => `sales.${name}`,
      async defineView(name, select) {
        await server.seed(`create or replace view ${named(name)} as ${select}`);
        await server.seed(`delete from ${OWNERS} where name = 'sales.${name}'`);
      },
      text: {
        keep: (name) =>
          server.seed(`insert into ${OWNERS} values ('sales.${name}', 'goldsmith-other')`),
        tell: (name) => server.seed(`delete from ${OWNERS} where name = 'sales.${name}'`),
      },
      async say() {
        await server.seed(`comment on column ${named('orders')}.amount is 'in euro'`);
        await server.seed(
          "insert into lakehouse.unity.table_tags values ('shop', 'sales', 'orders', 'team', 'sales')",
        );
        await server.seed(
          "insert into lakehouse.unity.column_tags values ('shop', 'sales', 'orders', 'amount', 'personal', 'no')",
        );
      },
      read: (look) => readDatabricksCatalog({ ...look, options: { purpose: 'catalog' } }),
      async close() {
        await connector.close();
        await server.close();
      },
    };
  },
});
