import { describe, expect, it } from 'vitest';
import type { RelationId } from '../../../src/base/relation.ts';
import { newDbtModel } from '../../../src/propose/files/dbt-model.ts';
import type { DbtName } from '../../../src/propose/files/with-references.ts';
import { dialectOf } from '../../../src/sql/dialects.ts';
import { aDefinition } from '../git/a-proposal.ts';

const ORDERS = 'silver.orders' as RelationId;
const STORES = 'lake.silver.stores' as RelationId;

const NODES: Readonly<Record<string, DbtName>> = {
  [ORDERS]: { kind: 'ref', model: 'stg_orders' },
  [STORES]: { kind: 'source', source: 'shop', table: 'stores' },
};

function made(sql: string, sources: readonly RelationId[] = [ORDERS], changes = {}) {
  const model = newDbtModel({
    definition: { ...aDefinition(sql), sources },
    dialect: dialectOf('duckdb'),
    folder: 'models/marts/',
    nodeOf: (relation) => NODES[relation],
    key: ['order_date'],
    notNull: new Set(['order_date']),
    materialized: 'table',
    ...changes,
  });
  return 'because' in model
    ? model.because
    : Object.fromEntries(model.files.map(({ path, text, was }) => [path, was === '' ? text : was]));
}

describe('a mart as a new dbt model', () => {
  it('names its sources as the project does, and describes what was verified', () => {
    expect(
      made(
        'select o.order_date, sum(o.amount) as sum_amount\nfrom silver.orders o, "silver".stores s\ngroup by o.order_date',
        [ORDERS, STORES],
      ),
    ).toEqual({
      'models/marts/daily_sales.sql': `{{ config(materialized='table') }}

select o.order_date, sum(o.amount) as sum_amount
from {{ ref('stg_orders') }} o, {{ source('shop', 'stores') }} s
group by o.order_date
`,
      'models/marts/daily_sales.yml': `version: 2
models:
  - name: daily_sales
    description: Made from silver.orders, lake.silver.stores.
    config:
      contract:
        enforced: true
    columns:
      - name: order_date
        data_type: date
        data_tests:
          - unique
          - not_null
      - name: sum_amount
        data_type: decimal(38,2)
`,
    });
  });

  it('leaves columns, functions, strings and comments that look like a source alone', () => {
    const sql = `select silver.orders.id, 'from silver.orders' as text -- from silver.orders
from silver.orders join orders x on extract(day from x.orders) = 1
where exists (select 1 from silver.orders as y)`;

    expect(made(sql)).toHaveProperty(
      ['models/marts/daily_sales.sql'],
      expect.stringContaining(`select silver.orders.id, 'from silver.orders' as text -- from silver.orders
from {{ ref('stg_orders') }} join {{ ref('stg_orders') }} x on extract(day from x.orders) = 1
where exists (select 1 from {{ ref('stg_orders') }} as y)`),
    );
  });

  it('takes the name of a WITH for what it is', () => {
    expect(
      made('with orders as (select * from silver.orders) select 1 from orders'),
    ).toHaveProperty(
      ['models/marts/daily_sales.sql'],
      expect.stringContaining(
        "with orders as (select * from {{ ref('stg_orders') }}) select 1 from orders",
      ),
    );
  });

  it('names a key of several columns in words: dbt has no test of its own for it', () => {
    const files = made('select 1 from silver.orders', [ORDERS], { key: ['order_date', 'region'] });

    expect(JSON.stringify(files)).toContain('No two rows agree on order_date, region.');
    expect(JSON.stringify(files)).not.toContain('- unique');
  });

  it.each([
    [
      "select '{{ x }}' from silver.orders",
      'its statement holds braces that dbt would read as Jinja',
    ],
    ['select 1 from bronze.orders', 'its statement does not name silver.orders as it is called'],
  ])('is not made of %j', (sql, because) => {
    expect(made(sql)).toBe(because);
  });

  it('is not made where the project does not know a source', () => {
    expect(made('select 1 from silver.orders', [ORDERS], { nodeOf: () => undefined })).toBe(
      'it reads silver.orders, which the dbt project does not know',
    );
    expect(
      made('select 1 from silver.orders', [ORDERS], {
        nodeOf: () => ({ kind: 'ref', model: "x') }} drop" }),
      }),
    ).toBe('it reads silver.orders, which the dbt project does not know');
  });
});
