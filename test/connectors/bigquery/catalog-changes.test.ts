import { openBigquery } from '../../../src/connectors/bigquery/bigquery-connector.ts';
import {
  type KnownBigquery,
  readBigqueryCatalog,
} from '../../../src/connectors/bigquery/read-bigquery-catalog.ts';
import { catalogConformance } from '../../conformance/catalog-conformance.ts';
import { startBigquery } from '../../servers/bigquery-server.ts';
import { targetOf } from '../../servers/bigquery-target.ts';

catalogConformance<KnownBigquery>({
  name: 'a BigQuery region',
  // What there is, and how large it is.
  least: 2,
  columns: /INFORMATION_SCHEMA\.COLUMNS/,
  keepsTexts: false,
  said: { tags: { team: 'sales' }, amount: { comment: 'in euro' } },
  async open() {
    const server = await startBigquery();
    const target = targetOf(server);
    const connector = await openBigquery(target);
    const region = { project: target.project, location: target.location };
    const named = (name: string) => `shop.${name}`;
    return {
      connector,
      people: (sql) => server.people(sql),
      named,
      idOf: named,
      async defineView(name, select) {
        await server.people(`create or replace view ${named(name)} as ${select}`);
        await server.people(
          `insert or replace into bq_info.recorded_views values ('shop', '${name}', '${select}')`,
        );
      },
      async say() {
        await server.people(
          `insert into bq_info.recorded_options values ('shop', 'orders', 'labels', '[STRUCT("team", "sales")]')`,
        );
        await server.people(
          "insert into bq_info.recorded_columns values ('shop', 'orders', 'amount', 'in euro')",
        );
      },
      read: (look) => readBigqueryCatalog({ ...look, region, options: { purpose: 'catalog' } }),
      async close() {
        await connector.close();
        await server.stop();
      },
    };
  },
});
