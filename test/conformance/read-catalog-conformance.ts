import { beforeAll, describe, expect, it } from 'vitest';
import type { CallOptions } from '../../src/connectors/connector.ts';
import type { ConformanceParts } from './connector-conformance.ts';

const options: CallOptions = { purpose: 'catalog' };
const OWN = /information|pg_catalog|duckdb_|bq_info|unity|account_usage/i;

/** What a connector tells of the relations there are. */
export function readCatalogConformance(parts: ConformanceParts): void {
  const { subject, relation, connector } = parts;
  const { cased = (name: string) => name, told, catalog: words } = subject;
  const rowsOf = (rows: number): unknown =>
    words.estimatesRows === true ? expect.any(Number) : rows;

  describe('catalog', () => {
    beforeAll(() => (words.make ?? makeAll)(parts.warehouse()));

    it('tells columns, keys, foreign keys, rows, sizes and comments of tables', async () => {
      const catalog = await connector().readCatalog(options);

      const found = (name: string) => catalog.find(({ id }) => id === relation(name));
      expect(found('customers')).toMatchObject({
        kind: 'table',
        columns: [
          { name: cased('id'), type: told.integer, notNull: true },
          {
            name: 'First Name',
            type: told.text,
            notNull: true,
            ...(words.make === undefined ? { comment: 'as they say it' } : {}),
          },
        ],
        keys: [
          { columns: [cased('id')], primary: true },
          ...(words.onlyPrimaryKeys === true ? [] : [{ columns: ['First Name'], primary: false }]),
        ],
        foreignKeys: [],
        rows: rowsOf(1),
        bytes: expect.any(Number),
        comment: 'who buys',
      });
      expect(catalog.filter(({ columns }) => columns.length === 2)).toContainEqual(
        expect.objectContaining({
          kind: 'table',
          rows: rowsOf(0),
          columns: [
            expect.objectContaining({ name: cased('id'), type: told.bigint }),
            expect.objectContaining({ name: cased('customer_id'), type: told.integer }),
          ],
          foreignKeys: [
            {
              columns: [cased('customer_id')],
              references: relation('customers'),
              referencedColumns: [cased('id')],
            },
          ],
        }),
      );
    });

    it('tells a view’s SELECT, which gives the view’s own columns and rows', async () => {
      const view = relation('named');
      const catalog = await connector().readCatalog(options);
      const {
        kind,
        definitionSql = '',
        columns,
      } = catalog.find(({ id }) => id === view) ?? { columns: [] };

      expect(kind).toBe('view');
      const names = words.make === undefined ? [cased('a'), 'as (b'] : ['a', 'b'];
      expect(columns.map(({ name }) => name)).toEqual(names);
      const fromDefinition = await connector().query(definitionSql, options);
      const fromView = await connector().query(`select * from ${view}`, options);
      expect(fromDefinition.columns).toEqual(fromView.columns);
      expect(fromDefinition.rows).toEqual(fromView.rows);
      expect(fromView.rows).toHaveLength(2);
    });

    it('leaves the warehouse’s own relations out', async () => {
      const catalog = await connector().readCatalog(options);

      expect(catalog.filter(({ id }) => OWN.test(id))).toEqual([]);
    });
  });

  async function makeAll(): Promise<void> {
    const customers = relation('customers');
    for (const sql of [
      `create table ${customers} (id integer primary key, "First Name" varchar not null, unique ("First Name"))`,
      `create table ${relation('order')} (id bigint, customer_id integer references ${customers} (id))`,
      `insert into ${customers} values (1, 'a'), (2, 'b')`,
      `delete from ${customers} where id = 2`,
      `comment on table ${customers} is 'who buys'`,
      `comment on column ${customers}."First Name" is 'as they say it'`,
      `create view ${relation('named')} (a, "as (b") as select 1 as x, ';' as y union all select 2, 'it''s' -- why`,
    ]) {
      await connector().execute(sql, options);
    }
  }
}
