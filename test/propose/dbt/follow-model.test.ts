import { afterAll, describe, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import { pictureOf } from '../../../src/drift/schema-picture.ts';
import { sourcesSince } from '../../../src/drift/sources-since.ts';
import type { DbtModel } from '../../../src/lineage/dbt/dbt-project.ts';
import { followModel } from '../../../src/propose/dbt/follow-model.ts';
import { indexSchema } from '../../../src/sql/schema-index.ts';
import { aModel, aProject } from './a-project.ts';
import { openShop } from './shop.ts';

const ORDERS = relationId({ schema: 'main', name: 'orders' });

/** The shop after `orders.status` was renamed to `state`. */
describe('a dbt model whose source column was renamed', () => {
  const shop = openShop();
  afterAll(() => shop.close());
  const before = shop.world.schema.snapshot;
  const snapshot = {
    ...before,
    relations: before.relations.map((relation) =>
      relation.id === ORDERS
        ? {
            ...relation,
            columns: relation.columns.map((column) =>
              column.name === 'status' ? { ...column, name: 'state' } : column,
            ),
          }
        : relation,
    ),
  };
  const world = { ...shop.world, schema: indexSchema(snapshot, shop.world.dialect) };
  const since = sourcesSince(
    { relations: pictureOf(before, { takenAt: 0 }).relations },
    { now: pictureOf(snapshot, { takenAt: 0 }).relations, moves: new Map() },
  );

  async function followed(rawCode: string, changes: Partial<DbtModel> = {}): Promise<string> {
    const model = aModel({ name: 'late', rawCode, ...changes });
    const outcome = await followModel({
      ...since,
      project: aProject({ models: [...aProject().models, model] }),
      model,
      source: rawCode,
      before: shop.world.schema,
      world,
      path: 'transform',
    });
    switch (outcome.kind) {
      case 'edit':
        return outcome.file.text ?? '';
      case 'suggestion':
        return `${outcome.at}: ${outcome.because}`;
      case 'untouched':
        return outcome.kind;
    }
  }

  it('says the new name where it stood, gives what it gave, and keeps every other byte', async () => {
    expect(
      await followed(
        "{{ config(materialized='table') }}\nselect order_id, status -- how it goes\nfrom {{ ref('orders') }} as o\nwhere o.status <> 'open' {# not yet #}\n",
      ),
    ).toBe(
      "{{ config(materialized='table') }}\nselect order_id, state as status -- how it goes\nfrom {{ ref('orders') }} as o\nwhere o.state <> 'open' {# not yet #}\n",
    );
  });

  it('says it behind a CTE that hands its source on, and not where a CTE has the name of the source', async () => {
    expect(
      await followed(
        "with source as (select * from {{ ref('orders') }}),\norders as (select order_id, status from source)\nselect orders.status from orders\n",
      ),
    ).toBe(
      "with source as (select * from {{ ref('orders') }}),\norders as (select order_id, state as status from source)\nselect orders.status from orders\n",
    );
  });

  it('is left alone where it reads nothing of that, and where it says the new name', async () => {
    expect(await followed("select order_id from {{ ref('orders') }}")).toBe('untouched');
    expect(await followed("select state as status from {{ ref('orders') }}")).toBe('untouched');
  });

  it('is a suggestion where nobody but dbt can read it and the former name stands in it', async () => {
    const python = { language: 'python', dependsOn: ['seed.shop.orders'] };

    expect(await followed("dbt.ref('orders')['status']", python)).toBe(
      'models/late.sql: it is written in python, not in SQL',
    );
    expect(await followed("dbt.ref('orders')['amount']", python)).toBe('untouched');
  });

  it('is a suggestion where Jinja writes the name, or decides where it stands', async () => {
    expect(
      await followed(
        "select {% for c in ['status'] %}{{ c }}{% endfor %} from {{ ref('orders') }}",
      ),
    ).not.toContain('state as');
    expect(
      await followed(
        "select order_id, status from {{ ref('orders') }}\n{% if is_incremental() %}where status <> 'old'{% endif %}",
      ),
    ).toContain('status also stands where Jinja decides what is written');
  });
});
