import { afterAll, describe, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import type { DbtProject } from '../../../src/lineage/dbt/dbt-project.ts';
import { noFacts } from '../../../src/marts/facts.ts';
import { type NewModelRequest, newModel } from '../../../src/propose/dbt/new-model.ts';
import { readModel } from '../../../src/propose/dbt/read-model.ts';
import { fileSettings } from '../../../src/propose/files/settings.ts';
import { aModel, aProject } from './a-project.ts';
import { openExtending } from './extending.ts';

const { shop, withView } = openExtending();
afterAll(() => shop.close());

const main = (name: string) => relationId({ schema: 'main', name });
const BY_CITY = `select t2.city,
  t1.status,
  count(*) as row_count
from main.orders as t1
join main.customers as t2 on t1.customer_id = t2.customer_id
group by t2.city, t1.status`;
const NEIGHBOUR = aModel({
  name: 'daily',
  path: 'models/marts/daily.sql',
  patchPath: 'models/marts/schema.yml',
});
const SCHEMA = `version: 2
models:
- name: daily
  columns:
  - name: day
    tests: [unique]
`;

async function made(
  sql = BY_CITY,
  {
    project = {},
    files = { 'models/marts/schema.yml': SCHEMA },
    ...more
  }: Partial<Omit<NewModelRequest, 'project' | 'files'>> & {
    readonly project?: Partial<DbtProject>;
    readonly files?: Readonly<Record<string, string>>;
  } = {},
) {
  const world = more.world ?? shop.world;
  const wanted = await readModel(sql, world);
  if (wanted.kind === 'unread') {
    throw new Error(wanted.because);
  }
  const outcome = await newModel({
    project: aProject({ models: [...aProject().models, NEIGHBOUR], ...project }),
    query: wanted.query,
    whole: wanted.query,
    world,
    facts: { ...noFacts, notNull: [{ relation: main('customers'), column: 'city' }] },
    read: async (path) => files[path],
    path: 'transform',
    files: fileSettings.parse({}),
    isStored: true,
    definition: {
      relation: main('orders_by_city'),
      origin: 'candidate',
      sql,
      columns: wanted.query.outputs.map((name) => ({ name, type: '' })),
      sources: [main('orders'), main('customers')].filter((id) => sql.includes(id)),
      obligations: [],
      maxStalenessMs: 60_000,
    },
    ...more,
  });
  return outcome.kind === 'new'
    ? Object.fromEntries(outcome.files.map(({ path, text }) => [path, text]))
    : outcome.because;
}

describe('a mart as a model of the project', () => {
  it('is written with its tables for names, and described beside its neighbours', async () => {
    const files = await made();

    expect(files).toMatchObject({
      'transform/models/marts/orders_by_city.sql': `{{ config(materialized='table') }}

select customers.city,
  orders.status,
  count(*) as row_count
from {{ ref('orders') }} as orders
join {{ ref('customers') }} as customers on orders.customer_id = customers.customer_id
group by customers.city, orders.status
`,
      'transform/models/marts/schema.yml': `${SCHEMA}- name: orders_by_city
  description: Made from main.orders, main.customers. No two rows agree on city, status.
  columns:
  - name: city
    description: city of main.customers
    tests:
    - not_null
  - name: status
    description: status of main.orders
  - name: row_count
    description: number of rows
    tests:
    - not_null
`,
    });
    expect(Object.keys(files)).toContain('contracts/main/orders_by_city.odcs.yaml');
    expect(JSON.stringify(files)).not.toContain('slaProperties');
  });

  it('has its key tested where the project has dbt_utils', async () => {
    const kind = 'dbt_utils.unique_combination_of_columns';
    const test = { id: 't', kind, arguments: {}, isPartial: false, dependsOn: [], rawCode: '' };
    const files = await made(BY_CITY, { project: { tests: [test] } });

    expect(JSON.stringify(files)).toContain(
      '- dbt_utils.unique_combination_of_columns:\\n      combination_of_columns:\\n      - city\\n      - status',
    );
  });

  it('has a file of its own where the shared one takes no more', async () => {
    const files = { 'models/marts/schema.yml': 'models: [{name: daily}]\n---\nmore: 1\n' };

    expect(Object.keys(await made(BY_CITY, { files }))).toContain(
      'transform/models/marts/orders_by_city.yml',
    );
  });

  it('keeps the names it has where a table is read twice', async () => {
    const twice = `select t1.status, count(*) as row_count
from main.orders as t1
join main.orders as t2 on t1.order_id = t2.customer_id
group by t1.status`;

    expect(JSON.stringify(await made(twice))).toContain("{{ ref('orders') }} as t2 on t1.order_id");
  });

  it('is not made over a file that is there, or of what the project does not make', async () => {
    const files = { 'models/marts/orders_by_city.sql': 'select 1' };

    expect(await made(BY_CITY, { files })).toBe(
      'there is a file models/marts/orders_by_city.sql already',
    );
    expect(await made(BY_CITY, { project: { models: [NEIGHBOUR] } })).toBe(
      'it reads main.orders, which the dbt project does not know',
    );
  });

  describe('over raw sources that the project stages', () => {
    const STAGED = 'order_id as id, status as state, placed_at as placed_at, amount / 100 as euro';
    const raw = {
      id: 'source.shop.raw.orders',
      source: 'raw',
      name: 'orders',
      package: 'shop',
      relation: main('orders'),
      relationText: 'main.orders',
      columns: [],
    };
    const stage = (sql: string) =>
      aModel({
        name: 'stg_orders',
        rawCode: sql.replace('main.orders', "{{ source('raw', 'orders') }}"),
        materialized: 'view',
        dependsOn: [raw.id],
      });
    const written = async (sql: string, staged = `select ${STAGED} from main.orders`) => {
      const world = await withView('stg_orders', staged);
      const project = { models: [NEIGHBOUR, stage(staged)], sources: [raw] };
      const files = await made(sql, { world, project });
      return typeof files === 'string' ? files : files['transform/models/marts/orders_by_city.sql'];
    };

    it('reads the stage, by the names it gives', async () => {
      expect(
        await written(
          'select t1.status,\n  max(t1.placed_at) as last\nfrom main.orders as t1\ngroup by t1.status',
        ),
      ).toContain(`select stg_orders.state as status,
  max(stg_orders.placed_at) as last
from {{ ref('stg_orders') }} as stg_orders
group by stg_orders.state`);
    });

    it('reads the source where the stage computes the column, or leaves rows out', async () => {
      const sums =
        'select t1.status, sum(t1.amount) as total from main.orders as t1 group by t1.status';
      const counts = 'select t1.status, count(*) as n from main.orders as t1 group by t1.status';
      const fewer = `select ${STAGED} from main.orders where amount > 0`;

      expect(await written(sums)).toContain("from {{ source('raw', 'orders') }} as orders");
      expect(await written(counts, fewer)).toContain(
        "from {{ source('raw', 'orders') }} as orders",
      );
    });
  });
});
