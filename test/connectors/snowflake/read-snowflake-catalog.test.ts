import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CatalogRelation, Connector } from '../../../src/connectors/connector.ts';
import { type SnowflakeAccount, snowflakeAccount } from '../../servers/snowflake-account.ts';

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
