import { afterAll, describe, expect, it } from 'vitest';
import { ephemeralRelations } from '../../../src/lineage/dbt/ephemeral-relations.ts';
import { noFacts } from '../../../src/marts/facts.ts';
import { editModel } from '../../../src/propose/dbt/edit-model.ts';
import { indexSchema } from '../../../src/sql/schema-index.ts';
import { aModel, aProject } from '../../propose/dbt/a-project.ts';
import { openShop } from '../../propose/dbt/shop.ts';

const STAGED = aModel({
  name: 'shop__stg_orders',
  alias: 'stg_orders',
  materialized: 'ephemeral',
  rawCode: "select order_id, status, amount, lower(status) as how from {{ ref('orders') }}",
  compiledCode: 'select order_id, status, amount, lower(status) as how from "shop"."main"."orders"',
});

const RAW = "select order_id, status, how\nfrom {{ ref('shop__stg_orders') }}\n";

describe('ephemeral models', () => {
  const shop = openShop();
  afterAll(() => shop.close());

  it('are relations by the names that dbt gives them in the texts of others, with what is known of their types', async () => {
    const project = aProject({ models: [...aProject().models, STAGED] });
    const relations = await ephemeralRelations(project, shop.world);

    expect(relations.map(({ id }) => id)).toEqual([
      'main.__dbt__cte__stg_orders',
      'main.__dbt__cte__shop__stg_orders',
    ]);
    expect(relations[0]?.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'order_id bigint',
      'status varchar',
      'amount decimal(18,2)',
      'how varchar',
    ]);
  });

  it.each([
    ['its alias', 'stg_orders'],
    ['its name, as former versions of dbt do', 'shop__stg_orders'],
  ])('are no hindrance to an edit of what reads one by %s', async (_what, called) => {
    const model = aModel({
      name: 'late',
      rawCode: RAW,
      compiledCode: `with __dbt__cte__${called} as (\n${STAGED.compiledCode ?? ''}\n) select order_id, status, how\nfrom __dbt__cte__${called}\n`,
    });
    const project = aProject({ models: [...aProject().models, STAGED, model] });
    const more = await ephemeralRelations(project, shop.world);
    const { snapshot } = shop.world.schema;
    const schema = indexSchema(
      { ...snapshot, relations: [...snapshot.relations, ...more] },
      shop.world.dialect,
    );

    expect(
      await editModel({
        project,
        model,
        columns: ['how'],
        world: { ...shop.world, schema },
        facts: noFacts,
        needs: [],
        read: async () => RAW,
        path: '',
        databases: 2,
      }),
    ).toMatchObject({
      kind: 'edit',
      files: [{ text: "select order_id, status\nfrom {{ ref('shop__stg_orders') }}\n" }],
    });
  });
});
