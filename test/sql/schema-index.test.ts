import { describe, expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import type { Path } from '../../src/sql/ir.ts';
import type { NameContext, SchemaRelation } from '../../src/sql/schema.ts';
import { indexSchema } from '../../src/sql/schema-index.ts';

function table(id: string): SchemaRelation {
  const [database, schema, name] = id.split('.').slice(-3);
  const parts = { database, schema, name: name ?? '' };
  return { id: relationId(parts), kind: 'table', columns: [], keys: [], foreignKeys: [] };
}

/** `a.B."C"`: quoted where it is written so. */
function path(text: string): Path {
  return text.split('.').map((part) => ({
    name: part.replaceAll('"', ''),
    quoted: part.startsWith('"'),
  }));
}

interface Lookup {
  readonly name: string;
  readonly among: readonly string[];
  readonly dialect?: string;
  readonly names?: NameContext;
}

function find({ name, among, dialect = 'postgres', names = {} }: Lookup): string {
  const index = indexSchema({ relations: among.map(table) }, dialectOf(dialect));
  const found = index.findRelation(path(name), names);
  return found.kind === 'found' ? found.relation.id : `${found.kind} ${found.id}`;
}

describe('findRelation', () => {
  it.each<[string, Lookup, string]>([
    [
      'completes a name from the current schema',
      {
        name: 'orders',
        among: ['db.a.orders', 'db.b.orders'],
        names: { database: 'db', schema: 'b' },
      },
      'db.b.orders',
    ],
    [
      'goes along the search path',
      {
        name: 'orders',
        among: ['db.a.orders', 'db.b.orders'],
        names: { searchPath: ['x', 'a', 'b'] },
      },
      'db.a.orders',
    ],
    [
      'falls back to the default schema',
      {
        name: 'orders',
        among: ['db.public.orders', 'db.b.orders'],
      },
      'db.public.orders',
    ],
    [
      'takes a unique name where no schema is told',
      { name: 'orders', among: ['db.a.orders'] },
      'db.a.orders',
    ],
    [
      'does not look outside the schema that is told',
      {
        name: 'orders',
        among: ['db.a.orders'],
        names: { database: 'db', schema: 'staging' },
      },
      'missing db.staging.orders',
    ],
    [
      'refuses to guess between two',
      {
        name: 'orders',
        among: ['db.a.orders', 'db.b.orders'],
      },
      'ambiguous orders',
    ],
    [
      'completes schema.table with the current database',
      {
        name: 'a.orders',
        among: ['one.a.orders', 'two.a.orders'],
        names: { database: 'two' },
      },
      'two.a.orders',
    ],
    [
      'folds unquoted names as the dialect does',
      {
        name: 'orders',
        among: ['db.a.ORDERS', 'db.a.orders'],
        dialect: 'snowflake',
      },
      'db.a.ORDERS',
    ],
    [
      'takes a quoted name as it stands',
      {
        name: '"orders"',
        among: ['db.a.ORDERS', 'db.a.orders'],
        dialect: 'snowflake',
      },
      'db.a.orders',
    ],
    [
      'matches in any case where that is unique',
      {
        name: 'DB.A.ORDERS',
        among: ['db.a.Orders'],
        dialect: 'duckdb',
      },
      'db.a.Orders',
    ],
    [
      'reads catalog.table in DuckDB',
      {
        name: 'lake.orders',
        among: ['lake.main.orders'],
        dialect: 'duckdb',
      },
      'lake.main.orders',
    ],
    [
      'drops a BigQuery partition decorator',
      {
        name: 'p.d.events$20240101',
        among: ['p.d.events'],
        dialect: 'bigquery',
      },
      'p.d.events',
    ],
    [
      'finds the one entry of BigQuery date shards',
      {
        name: 'p.d.events_20240101',
        among: ['p.d.events_yyyymmdd'],
        dialect: 'bigquery',
      },
      'p.d.events_yyyymmdd',
    ],
    [
      'gives a missing relation the id it would have',
      {
        name: 'Nowhere',
        among: [],
        names: { database: 'db', schema: 'a' },
      },
      'missing db.a.nowhere',
    ],
  ])('%s', (_, lookup, answer) => {
    expect(find(lookup)).toBe(answer);
  });
});
