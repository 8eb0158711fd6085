import { afterAll, describe, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import type { DbtModel, DbtProject, DbtTest } from '../../../src/lineage/dbt/dbt-project.ts';
import type { ModelWorld } from '../../../src/propose/dbt/read-model.ts';
import { aModel } from './a-project.ts';
import { openExtending } from './extending.ts';

const { extension, shop, textAfter, withTable, withView } = openExtending();
afterAll(() => shop.close());

describe('what reads an extended model', () => {
  const MODEL = "select order_id, status from {{ ref('orders') }}";
  const WANTED = 'select order_id, status, amount from main.orders';
  const world: ModelWorld = { ...shop.world, schema: withTable('model', ['order_id', 'status']) };
  const below = (rawCode: string, more: Partial<DbtModel> = {}): DbtModel =>
    aModel({ name: 'below', rawCode, dependsOn: ['model.shop.model'], ...more });
  const after = (other: DbtModel, more: Partial<DbtProject> = {}) =>
    textAfter(MODEL, WANTED, { others: [other], project: more, world });

  it('may hand the column on, or not care', async () => {
    const extended = MODEL.replace('status from', 'status, amount from');

    expect(await after(below("select * from {{ ref('model') }}"))).toBe(extended);
    expect(await after(below("select order_id from {{ ref('model') }}"))).toBe(extended);
  });

  it.each([
    [
      'unites it with others',
      below("select * from {{ ref('model') }} union all select 1, 'x'"),
      'set operation of unequal widths',
    ],
    [
      'finds the name twice',
      below("select amount from {{ ref('model') }} join {{ ref('orders') }} using (order_id)"),
      'ambiguous column',
    ],
    [
      'hands it on under a contract',
      below("select * from {{ ref('model') }}", { hasContract: true }),
      'its contract is enforced',
    ],
  ])('keeps it as it is where it %s', async (_what, other, because) => {
    expect(await after(other)).toMatch(/^dbt model below /);
    expect(await after(other)).toContain(because);
  });

  it('keeps it as it is where a test looks at all columns', async () => {
    const test: DbtTest = {
      id: 'test.shop.t',
      kind: 'dbt_utils.equality',
      at: 'model.shop.model',
      arguments: {},
      isPartial: false,
      dependsOn: ['model.shop.model'],
      rawCode: '',
    };
    const tests = [test];

    expect(await textAfter(MODEL, WANTED, { project: { tests }, world })).toBe(
      'dbt test dbt_utils.equality looks at all columns of model',
    );
  });
});

describe('a model that reads views', () => {
  it('gets the column by the name the view gives it', async () => {
    const world = await withView(
      'stg',
      'select order_id as id, status as state, amount / 100 as euro, amount as cents from main.orders',
    );
    const stg = aModel({
      name: 'stg',
      relation: relationId({ schema: 'main', name: 'stg' }),
      materialized: 'view',
    });
    const model = "select state, count(*) as n from {{ ref('stg') }} group by 1";
    const wanted =
      'select status, count(*) as n, sum(amount) as total from main.orders group by status';

    expect(await textAfter(model, wanted, { others: [stg], world })).toBe(
      model.replace('as n from', 'as n, sum(cents) as total from'),
    );
  });
});

describe('what pays by being stored', () => {
  const MODEL = "select status, count(*) as n from {{ ref('orders') }} group by status";
  const WANTED = 'select status, count(*) as n from main.orders group by status';
  const view = { materialized: 'view' };

  it('is a view made a table, with the columns it lacks', async () => {
    const more = WANTED.replace('as n', 'as n, sum(amount) as total');

    expect(await textAfter(MODEL, WANTED, { model: view, isStored: true })).toBe(
      `{{ config(materialized='table') }}\n\n${MODEL}`,
    );
    expect(await textAfter(MODEL, more, { model: view, isStored: true })).toBe(
      `{{ config(materialized='table') }}\n\n${MODEL.replace('as n', 'as n, sum(amount) as total')}`,
    );
  });

  it('is there in a table, before any view, and in a view where nothing is to be stored', async () => {
    const table = aModel({ name: 'other', rawCode: MODEL });
    const parts = { model: view, others: [table], isStored: true };

    expect(await extension(MODEL, WANTED, parts)).toMatchObject({
      kind: 'there',
      model: { name: 'other' },
    });
    expect(await extension(MODEL, WANTED, { model: view })).toMatchObject({ kind: 'there' });
  });

  it('is no view that only stages a source, and none that Jinja configures', async () => {
    const raw = {
      id: 'source.shop.raw.orders',
      source: 'raw',
      name: 'orders',
      package: 'shop',
      relation: relationId({ schema: 'main', name: 'orders' }),
      relationText: 'main.orders',
      columns: [],
    };
    const staging = { ...view, dependsOn: [raw.id] };
    const parts = { model: staging, project: { sources: [raw] }, isStored: true };
    const configured = `{% if 1 %}{{ config(tags='a') }}{% endif %}${MODEL}`;
    const compiledCode = 'select status, count(*) as n from "shop"."main"."orders" group by status';

    expect(await extension(MODEL, WANTED, parts)).toMatchObject({ kind: 'none' });
    expect(
      await textAfter(configured, WANTED, { model: { ...view, compiledCode }, isStored: true }),
    ).toBe('Jinja decides how it is configured');
  });
});
