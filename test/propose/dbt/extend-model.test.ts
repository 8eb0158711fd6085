import { afterAll, describe, expect, it } from 'vitest';
import type { DbtModel, DbtProject } from '../../../src/lineage/dbt/dbt-project.ts';
import { type Extension, extendModel } from '../../../src/propose/dbt/extend-model.ts';
import { readModel } from '../../../src/propose/dbt/read-model.ts';
import { aModel, aProject } from './a-project.ts';
import { openShop } from './shop.ts';

const shop = openShop();
afterAll(() => shop.close());

async function extension(rawCode: string, wanted: string): Promise<Extension> {
  const model: DbtModel = aModel({ rawCode });
  const project: DbtProject = aProject({ models: [...aProject().models, model] });
  const read = await readModel(wanted, shop.world);
  if (read.kind === 'unread') {
    throw new Error(read.because);
  }
  return extendModel({
    project,
    wanted: read.query,
    world: shop.world,
    read: async () => rawCode,
    path: 'transform',
  });
}

const DAILY = `{{ config(materialized='table') }}
with orders as (
    select
        order_id,
        customer_id,
        status -- as it stands
    from {{ ref('orders') }}
),

final as (
    select
        status,
        count(*) as orders  -- how many
    from orders
    group by status
)

select * from final
`;

describe('extending a model instead of making another', () => {
  it('adds a measure where the model groups, and its column to the CTE on the way', async () => {
    const outcome = await extension(
      DAILY,
      'select status, count(*) as n, sum(amount) as total from main.orders group by status',
    );

    expect(outcome).toMatchObject({
      kind: 'extended',
      added: ['total'],
      files: [
        {
          path: 'transform/models/model.sql',
          text: DAILY.replace(
            'status -- as it stands\n',
            'status, -- as it stands\n        amount\n',
          ).replace(
            'count(*) as orders  -- how many\n',
            'count(*) as orders,  -- how many\n        sum(amount) as total\n',
          ),
        },
      ],
    });
  });

  it('adds a column of a joined source, in the style of leading commas', async () => {
    const model = `select
    o.order_id
  , c.name
from {{ ref('orders') }} o
left join {{ ref('customers') }} c on o.customer_id = c.customer_id
`;
    const outcome = await extension(
      model,
      'select o.order_id, c.name, c.city, o.amount from main.orders o left join main.customers c on o.customer_id = c.customer_id',
    );

    expect(outcome).toMatchObject({
      kind: 'extended',
      files: [{ text: model.replace('  , c.name\n', '  , c.name\n  , c.city\n  , o.amount\n') }],
    });
  });

  it('writes into one line what stands in one line', async () => {
    const model = `select order_id, status from {{ ref('orders') }} where amount > 5\n`;
    const outcome = await extension(
      model,
      'select status, placed_at from main.orders where amount > 5',
    );

    expect(outcome).toMatchObject({
      kind: 'extended',
      files: [{ text: model.replace('status from', 'status, placed_at from') }],
    });
  });

  it('says when a model has it all, under whatever name', async () => {
    const outcome = await extension(
      DAILY,
      'select status, count(*) as how_many from main.orders group by status',
    );

    expect(outcome).toMatchObject({ kind: 'there', model: { name: 'model' } });
  });

  it('finds none of another grain or with other conditions', async () => {
    const finer = 'select status, customer_id, count(*) from main.orders group by 1, 2';
    const fewer = `select status, count(*) from main.orders where amount > 1 group by status`;

    expect(await extension(DAILY, finer)).toEqual({ kind: 'none' });
    expect(await extension(DAILY, fewer)).toEqual({ kind: 'none' });
  });

  it('suggests what it cannot write for certain', async () => {
    const outcome = await extension(
      DAILY,
      'select status, sum(amount * 2) as twice from main.orders group by status',
    );

    expect(outcome).toMatchObject({
      kind: 'suggestion',
      because: expect.stringContaining('more than a column of a source'),
    });
  });
});
