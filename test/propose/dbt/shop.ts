import { relationId } from '../../../src/base/relation.ts';
import { alignCompiled } from '../../../src/lineage/dbt/align-compiled.ts';
import { jinjaPieces } from '../../../src/lineage/dbt/jinja-pieces.ts';
import { knownNames } from '../../../src/lineage/dbt/known-names.ts';
import { renderPlain } from '../../../src/lineage/dbt/render-plain.ts';
import type { Rendering } from '../../../src/lineage/dbt/source-map.ts';
import { type Facts, noFacts } from '../../../src/marts/facts.ts';
import { openParsers } from '../../../src/parsers/open-parsers.ts';
import { type CutOutcome, cutColumns } from '../../../src/propose/dbt/cut-columns.ts';
import type { ModelWorld } from '../../../src/propose/dbt/read-model.ts';
import { dialectOf } from '../../../src/sql/dialects.ts';
import { columnTypesOf } from '../../../src/sql/match/column-types.ts';
import type { SchemaSnapshot } from '../../../src/sql/schema.ts';
import { indexSchema } from '../../../src/sql/schema-index.ts';

const TABLES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  orders: {
    order_id: 'bigint',
    customer_id: 'bigint',
    status: 'varchar',
    amount: 'decimal(18,2)',
    placed_at: 'timestamp',
  },
  customers: { customer_id: 'bigint', name: 'varchar', city: 'varchar', email: 'varchar' },
  payments: {
    payment_id: 'bigint',
    order_id: 'bigint',
    method: 'varchar',
    amount: 'decimal(18,2)',
  },
};

export const SHOP: SchemaSnapshot = {
  ownDatabase: 'shop',
  relations: Object.entries(TABLES).map(([name, columns]) => ({
    id: relationId({ schema: 'main', name }),
    kind: 'table',
    columns: Object.entries(columns).map(([column, type]) => ({
      name: column,
      type,
      notNull: false,
    })),
    keys: [],
    foreignKeys: [],
  })),
};

export const SHOP_FACTS: Facts = {
  ...noFacts,
  source: 'measured',
  uniqueKeys: [
    { relation: relationId({ schema: 'main', name: 'customers' }), columns: ['customer_id'] },
    { relation: relationId({ schema: 'main', name: 'orders' }), columns: ['order_id'] },
  ],
};

export interface Shop {
  readonly world: ModelWorld;
  readonly cut: (
    source: string,
    columns: readonly string[],
    compiled?: string,
  ) => Promise<CutOutcome>;
  readonly close: () => Promise<void>;
}

/** A project of three tables, read as DuckDB. */
export function openShop(): Shop {
  const parsers = openParsers({ workers: 1 });
  const dialect = dialectOf('duckdb');
  const world: ModelWorld = {
    dialect,
    schema: indexSchema(SHOP, dialect),
    names: { database: 'shop', schema: 'main' },
    parse: parsers.parse,
  };
  return {
    world,
    cut: async (source, columns, compiled) => {
      const rendering = renderingOf(source, compiled);
      return typeof rendering === 'string'
        ? { kind: 'refused', because: rendering }
        : cutColumns({
            source,
            rendering,
            columns: new Set(columns),
            world,
            facts: SHOP_FACTS,
            types: columnTypesOf(SHOP, dialect.name),
          });
    },
    close: parsers.close,
  };
}

export const shopNames = knownNames({
  ref: (name) => `"shop"."main"."${name}"`,
  source: (_source, table) => `"shop"."main"."${table}"`,
  own: '"shop"."main"."model"',
});

export function renderingOf(source: string, compiled?: string): Rendering | string {
  const pieces = jinjaPieces(source);
  if (pieces === undefined) {
    return 'its Jinja is broken';
  }
  if (compiled !== undefined) {
    return alignCompiled({ source, pieces, compiled, known: shopNames }) ?? 'not made of it';
  }
  const plain = renderPlain({ source, pieces, known: shopNames });
  return plain.kind === 'refused' ? plain.because : plain.rendering;
}
