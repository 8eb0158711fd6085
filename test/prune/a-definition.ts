import { DuckDBInstance } from '@duckdb/node-api';
import { readDdl } from '../../src/cli/read-ddl.ts';
import type { Facts } from '../../src/marts/facts.ts';
import type { SlimForm } from '../../src/marts/slim-form.ts';
import { parseOne } from '../../src/parsers/parse-one.ts';
import { DIALECTS } from '../../src/sql/dialects.ts';
import { type ColumnTypes, columnTypesOf } from '../../src/sql/match/column-types.ts';
import { declaredFacts } from '../../src/sql/match/declared-facts.ts';
import type { NormalQuery } from '../../src/sql/normal-query.ts';
import { normalize } from '../../src/sql/normalize/normalize.ts';
import type { ParseSql } from '../../src/sql/parse-sql.ts';
import { bindQuery } from '../../src/sql/resolve/bind-query.ts';
import { indexSchema } from '../../src/sql/schema-index.ts';

const parse: ParseSql = (requests) => Promise.all(requests.map(parseOne));

/** A shop with rows that find no partner, NULL keys and equal rows. */
export const SHOP_DDL = `
  create table sales (id integer primary key, customer integer, store integer not null, product integer, amount decimal(10,2),
    note varchar, foreign key (store) references stores (id));
  create table customers (id integer primary key, name varchar, city varchar, segment varchar, manager integer);
  create table stores (id integer primary key, label varchar not null, region varchar);
  create table products (sku integer, title varchar, price decimal(10,2));
  create table managers (id integer primary key, name varchar);`;

export const SHOP_ROWS = [
  "insert into managers select i, 'manager ' || i from range(3) t(i)",
  "insert into customers select i, 'name ' || i, case when i % 4 > 0 then 'city ' || i % 3 end, 'segment ' || i % 2, i % 5 from range(20) t(i)",
  "insert into stores select i, 'label ' || i, case when i > 0 then 'region ' || i % 2 end from range(4) t(i)",
  "insert into products select i % 7, 'title ' || i % 7, i % 7 * 1.5 from range(9) t(i)",
  'insert into products values (null, null, null), (null, null, null)',
  "insert into sales select i, case when i % 6 > 0 then i % 25 end, i % 4, i % 9, i * 1.25, 'note ' || i from range(200) t(i)",
];

export interface Definition {
  readonly sql: string;
  readonly query: NormalQuery;
  readonly facts: Facts;
  readonly types: ColumnTypes;
}

export async function aDefinition(sql: string): Promise<Definition> {
  const dialect = DIALECTS.duckdb;
  const snapshot = await readDdl({ ddl: SHOP_DDL, dialect, names: {} }, parse);
  const [outcome] = await parse([{ sql, dialect: 'duckdb' }]);
  const statement = outcome?.kind === 'parsed' ? outcome.statements[0] : undefined;
  if (statement?.kind !== 'query') {
    throw new Error(`not a query: ${sql}`);
  }
  const schema = indexSchema(snapshot, dialect);
  const { query } = bindQuery(statement.query, { schema, names: {}, dialect });
  return {
    sql,
    query: normalize(query),
    facts: declaredFacts(snapshot, { trustKeys: true }),
    types: columnTypesOf(snapshot, 'duckdb'),
  };
}

export interface Shop {
  rows(sql: string): Promise<readonly unknown[][]>;
  /** The slim version's tables are made, and the stable view over them is asked. */
  build(form: SlimForm): Promise<void>;
  close(): void;
}

export async function openShop(): Promise<Shop> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const run = (sql: string) => connection.run(sql);
  for (const statement of SHOP_DDL.split(';').filter((text) => text.trim() !== '')) {
    await run(statement.replaceAll(/,\s*foreign key \(\w+\) references \w+ \(\w+\)/g, ''));
  }
  for (const statement of SHOP_ROWS) {
    await run(statement);
  }
  return {
    rows: async (sql) => (await connection.runAndReadAll(sql)).getRowsJson(),
    async build(form) {
      await run(`create or replace table ${form.rows} as ${form.sql}`);
      for (const { table, sql } of [...form.packs, ...(form.sides ?? [])]) {
        await run(`create or replace table ${table} as ${sql}`);
      }
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
