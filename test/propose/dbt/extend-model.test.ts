import { afterAll, describe, expect, it } from 'vitest';
import { aModel } from './a-project.ts';
import { openExtending } from './extending.ts';

const { extension, shop, textAfter } = openExtending();
afterAll(() => shop.close());

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

  it('gives the column the name that was wanted, once it has left its source', async () => {
    const model = `with source as (select * from {{ ref('orders') }}),
renamed as (
    select order_id as id
    from source
)
select * from renamed
`;

    expect(
      await textAfter(model, 'select order_id as id, placed_at as ordered_at from main.orders'),
    ).toBe(model.replace('as id', 'as id, placed_at as ordered_at'));
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

    expect(await extension(DAILY, finer)).toEqual({ kind: 'none', unread: [] });
    expect(await extension(DAILY, fewer)).toEqual({ kind: 'none', unread: [] });
  });

  it('names models of the same sources that are not understood, and no others', async () => {
    const unread = (name: string, from: string) =>
      aModel({ name, rawCode: '{{ secret() }}', dependsOn: [`seed.shop.${from}`] });
    const others = [unread('near', 'orders'), unread('far', 'payments')];
    const finer = 'select status, customer_id, count(*) from main.orders group by 1, 2';

    expect(await extension(DAILY, finer, { others })).toEqual({ kind: 'none', unread: ['near'] });
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

const ORDERS = 'select order_id, status, amount, customer_id from main.orders';

describe('the place of a new column in a text', () => {
  it.each([
    [
      'after a comma that stands at the end',
      'select\n    a,\n    status, -- x, y\nfrom',
      'status, -- x, y\n    amount,\n    customer_id,\n',
    ],
    ['in one line after such a comma', 'select a, status, from', 'status, amount, customer_id, '],
    [
      'before comments on lines of their own',
      'select\n    a,\n    status -- it, is\n    -- , old\nfrom',
      'status, -- it, is\n    amount,\n    customer_id\n    -- , old\n',
    ],
    [
      'with ends of lines as they are',
      'select\r\n  a,\r\n  status\r\nfrom',
      'status,\r\n  amount,\r\n  customer_id\r\n',
    ],
    [
      'with such ends after a comment',
      'select\r\n  a,\r\n  status -- x\r\nfrom',
      'status, -- x\r\n  amount,\r\n  customer_id\r\n',
    ],
    [
      'with tabs, commas before',
      'select\n\t  a\n\t, status\nfrom',
      '\n\t, status\n\t, amount\n\t, customer_id\n',
    ],
    [
      'after what Jinja comments say of the line',
      'select\n  a,\n  status {# a, b #}\nfrom',
      'status, {# a, b #}\n  amount,\n  customer_id\n',
    ],
    [
      'before such a comment on the next line',
      'select\n  a,\n  status\n  {# , old #}\nfrom',
      'status,\n  amount,\n  customer_id\n  {# , old #}\n',
    ],
  ])('is %s', async (_what, text, after) => {
    const model = `${text.replace('a,', 'order_id,').replace('  a\n', '  order_id\n')} {{ ref('orders') }}\n`;

    expect(await textAfter(model, ORDERS)).toContain(after);
  });

  it.each([
    [
      'a loop',
      "select\n  order_id\n  {% for c in ['status'] %}\n  , {{ c }}\n  {% endfor %}\nfrom {{ ref('orders') }}",
      'select\n  order_id\n  \n  , status\n  \nfrom "shop"."main"."orders"',
    ],
    [
      'a loop with its own commas',
      "select\n  {% for c in ['order_id', 'status'] %}\n  {{ c }}{% if not loop.last %},{% endif %}\n  {% endfor %}\nfrom {{ ref('orders') }}",
      'select\n  \n  order_id,\n  \n  status\n  \nfrom "shop"."main"."orders"',
    ],
  ])('is no place for certain at the end of %s', async (_what, model, compiledCode) => {
    expect(await textAfter(model, ORDERS, { model: { compiledCode } })).toBe(
      'Jinja writes the text on both sides of it',
    );
  });

  it.each([
    [
      'a loop',
      "select\n  {% for c in ['order_id'] %}\n  {{ c }},\n  {% endfor %}\n  status\nfrom {{ ref('orders') }}",
      'select\n  \n  order_id,\n  \n  status\nfrom "shop"."main"."orders"',
      '  status,\n  amount,\n  customer_id\nfrom',
    ],
    [
      'a star that a macro writes',
      "select {{ dbt_utils.star(from=ref('orders'), except=['a']) }} from {{ ref('orders') }}",
      'select "order_id",\n  "status" from "shop"."main"."orders"',
      "except=['a']) }},\n  amount,\n  customer_id from",
    ],
  ])('is behind %s', async (_what, model, compiledCode, after) => {
    expect(await textAfter(model, ORDERS, { model: { compiledCode } })).toContain(after);
  });
});
