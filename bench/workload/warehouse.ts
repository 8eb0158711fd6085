import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { bytesPerRow } from '../../src/cost/bytes-per-row.ts';
import { cellText } from './cell-text.ts';
import type { Benchmark } from './settings.ts';
import type { TablePool } from './vary-literals.ts';

/** Rows of a fact table arrive by order: each day brings one of this many parts of it. */
const PARTS = 1000;
const POOL_ROWS = 400;

/** The column whose value says in which part of its table a row comes; tables not named here do not grow. */
const GROWS: Readonly<Record<Benchmark, Readonly<Record<string, string>>>> = {
  ssb: { lineorder: 'lo_orderkey' },
  tpcds: {
    store_sales: 'ss_ticket_number',
    store_returns: 'sr_ticket_number',
    catalog_sales: 'cs_order_number',
    catalog_returns: 'cr_order_number',
    web_sales: 'ws_order_number',
    web_returns: 'wr_order_number',
  },
};

/** Dimensions hold far more days than were sold on. */
const SOLD_ON: Readonly<Record<string, string>> = {
  'tpcds.date_dim':
    'where d_date_sk between (select min(ss_sold_date_sk) from store_sales) and (select max(ss_sold_date_sk) from store_sales)',
};

export interface Source {
  readonly benchmark: Benchmark;
  /** Of Parquet files, one a table. */
  readonly folder: string;
  readonly days: number;
}

/** Statements that make the base tables, without the rows that arrive later. */
export function loadSql({ benchmark, folder, days }: Source): readonly string[] {
  return tablesOf(folder).map((table) => {
    const by = GROWS[benchmark][table];
    const early = by === undefined ? '' : ` where hash(${by}) % ${PARTS} >= ${days}`;
    return `create table ${table} as from '${join(folder, `${table}.parquet`)}'${early}`;
  });
}

/** What arrives in the night before a day. */
export function arriveSql({ benchmark, folder }: Source, day: number): readonly string[] {
  return Object.entries(GROWS[benchmark]).map(
    ([table, by]) =>
      `insert into ${table} from '${join(folder, `${table}.parquet`)}' where hash(${by}) % ${PARTS} = ${day}`,
  );
}

/** Of all base tables, by the measure the catalog has for marts, too. */
export async function baseBytes(connection: DuckDBConnection): Promise<number> {
  const tables = await connection.runAndReadAll(
    `select t.estimated_size::double as rows, list(c.data_type) as types
     from duckdb_tables() t join duckdb_columns() c using (database_name, schema_name, table_name)
     where t.database_name = current_database() group by all`,
  );
  return tables
    .getRowObjectsJson()
    .reduce(
      (sum, { rows, types }) =>
        sum +
        Number(rows) *
          bytesPerRow(Array.isArray(types) ? types.map((type) => ({ type: cellText(type) })) : []),
      0,
    );
}

/** Some rows of every table, the same for the same seed. */
export async function readPools(
  connection: DuckDBConnection,
  { benchmark, folder, seed }: Pick<Source, 'benchmark' | 'folder'> & { readonly seed: number },
): Promise<readonly TablePool[]> {
  const pools: TablePool[] = [];
  for (const table of tablesOf(folder)) {
    const rows = `(from ${table} ${SOLD_ON[`${benchmark}.${table}`] ?? ''})`;
    const sampled = await connection.runAndReadAll(
      `from ${rows} using sample reservoir(${POOL_ROWS} rows) repeatable (${seed})`,
    );
    const names = sampled.columnNames();
    const types = sampled.columnTypes().map(String);
    pools.push({
      table,
      columns: names.map((name, at) => ({ name, kind: kindOf(types[at] ?? '') })),
      rows: sampled
        .getRowObjectsJson()
        .map((row) =>
          Object.fromEntries(
            Object.entries(row).map(([name, value]) => [
              name,
              value === null ? null : cellText(value),
            ]),
          ),
        )
        .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    });
  }
  return pools;
}

function kindOf(type: string): TablePool['columns'][number]['kind'] {
  if (/INT/.test(type)) {
    return 'whole';
  }
  if (/^DECIMAL|^DOUBLE/.test(type)) {
    return 'decimal';
  }
  if (type === 'DATE') {
    return 'date';
  }
  return type === 'VARCHAR' ? 'text' : 'other';
}

function tablesOf(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.parquet'))
    .map((name) => name.slice(0, -'.parquet'.length))
    .toSorted();
}
