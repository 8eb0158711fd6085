import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CatalogRelation, Connector } from '../../../src/connectors/connector.ts';
import { observeSchema } from '../../../src/daemon/observe-schema.ts';
import { parseOne } from '../../../src/parsers/parse-one.ts';
import { type SnowflakeAccount, snowflakeAccount } from '../../servers/snowflake-account.ts';
import { upperCased } from '../../servers/snowflake-sql.ts';

const options = { purpose: 'catalog' } as const;

describe('the catalog of a Snowflake database', () => {
  let account: SnowflakeAccount;
  let connector: Connector;
  let catalog: readonly CatalogRelation[];

  beforeAll(async () => {
    account = await snowflakeAccount();
    connector = await account.open();
    for (const sql of [
      'create table customers (id bigint primary key, "First Name" varchar not null, unique ("First Name"))',
      'create table "order" (id bigint, customer_id bigint references customers (id), price decimal(12, 2), placed_at timestamp)',
      'create transient table totals comment = \'made, as they say\' as select customer_id, sum(price) as total from "order" group by customer_id',
      "insert into customers values (1, 'a'), (2, 'b')",
      "comment on table customers is 'who buys'",
      'create schema other',
      'create table other.facts (n bigint)',
      'create view other.bare as select n from facts',
      'create view other.complete as select n from other.facts',
    ]) {
      await connector.execute(sql, options);
    }
    catalog = await connector.readCatalog(options);
  });
  afterAll(async () => {
    await connector.close();
    await account.server.stop();
  });

  const found = (id: string) => catalog.find((relation) => relation.id === id);

  it('tells columns, keys, exact rows and comments of tables, names as stored, without the own database', () => {
    expect(found('PUBLIC.CUSTOMERS')).toEqual({
      id: 'PUBLIC.CUSTOMERS',
      kind: 'table',
      columns: [
        { name: 'ID', type: 'NUMBER(38,0)', notNull: true },
        { name: 'First Name', type: 'VARCHAR', notNull: true },
      ],
      keys: [
        { columns: ['ID'], primary: true },
        { columns: ['First Name'], primary: false },
      ],
      foreignKeys: [],
      rows: 2,
      bytes: expect.any(Number),
      comment: 'who buys',
      createdAt: Date.UTC(2024, 0, 1),
    });
  });

  it('tells views with policies or masks of their own, whose texts stand for nothing then', async () => {
    const own = '"SHOP"."SNOW_INFORMATION"';
    for (const sql of [
      'create view masked as select id from customers',
      'create view tagged as select id from customers',
      `insert into ${own}.own_policies values ('PUBLIC', 'MASKED', 'MASKING_POLICY', 'ID')`,
      `insert into ${own}.own_tags values ('COLUMN', 'PUBLIC', 'TAGGED', 'ID', 'PII')`,
      `insert into ${own}.own_tag_policies values ('PII', 'MASKING_POLICY')`,
    ]) {
      await account.server.sql(upperCased(sql));
    }
    const seen = await observeSchema({
      connector,
      parse: (requests) => Promise.all(requests.map(parseOne)),
      marts: [],
      ownSchemas: [],
      ownDatabase: 'SHOP',
    });

    const policed = seen.catalog.filter(({ hasPolicies }) => hasPolicies);
    expect(policed.map(({ id }) => id)).toEqual(['PUBLIC.MASKED', 'PUBLIC.TAGGED']);
    expect(seen.unreadViews).toContainEqual({
      view: 'PUBLIC.MASKED',
      because: 'it has policies or masks of its own, so its text is not what its readers get',
    });
    const definitionOf = (id: string) =>
      seen.snapshot.relations.find((relation) => relation.id === id)?.definition;
    expect(definitionOf('PUBLIC.TAGGED')).toBeUndefined();
    expect(definitionOf('OTHER.COMPLETE')).toBeDefined();
  });

  it('tells references and types', () => {
    expect(found('PUBLIC.order')).toMatchObject({
      columns: [
        { name: 'ID' },
        { name: 'CUSTOMER_ID' },
        { name: 'PRICE', type: 'NUMBER(12,2)' },
        { name: 'PLACED_AT', type: 'TIMESTAMP_NTZ' },
      ],
      foreignKeys: [
        { columns: ['CUSTOMER_ID'], references: 'PUBLIC.CUSTOMERS', referencedColumns: ['ID'] },
      ],
    });
  });

  it('tells transient tables with their comments', () => {
    expect(found('PUBLIC.TOTALS')).toMatchObject({ kind: 'table', comment: 'made, as they say' });
  });

  it('leaves out the definition of a view whose bare names mean another schema’s relations', () => {
    expect(found('OTHER.BARE')).toMatchObject({ kind: 'view' });
    expect(found('OTHER.BARE')?.definitionSql).toBeUndefined();
    expect(found('OTHER.COMPLETE')?.definitionSql).toMatch(/OTHER\.FACTS/i);
  });
});
