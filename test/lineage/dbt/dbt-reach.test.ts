import { describe, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import { dbtReach } from '../../../src/lineage/dbt/dbt-reach.ts';
import type { DbtReads } from '../../../src/lineage/dbt/dbt-reads.ts';
import { aModel, aProject } from '../../propose/dbt/a-project.ts';

const ORDERS = relationId({ schema: 'main', name: 'orders' });
const board = {
  id: 'exposure.shop.board',
  name: 'Board',
  type: 'dashboard',
  owner: 'Ann',
  dependsOn: ['model.shop.weekly'],
};
const reads = (
  name: string,
  columns: readonly string[],
  more: Partial<DbtReads> = {},
): DbtReads => ({
  id: `model.shop.${name}`,
  reads: [{ relation: ORDERS, columns }],
  lineage: [],
  ...more,
});

/** Orders are read by daily (status) and by opaque, which nobody understands; weekly is made of daily. */
const shop = {
  project: aProject({
    models: [
      ...aProject().models,
      aModel({ name: 'daily', owner: 'sales', dependsOn: ['seed.shop.orders'] }),
      aModel({ name: 'weekly', dependsOn: ['model.shop.daily'] }),
      aModel({ name: 'other', dependsOn: ['seed.shop.orders'] }),
    ],
    exposures: [board],
  }),
  reads: [reads('daily', ['order_id', 'Status']), reads('other', ['amount'])],
};

describe('what a change reaches of a dbt project', () => {
  it('is the models that name the column, what is made of them, and the dashboards behind', () => {
    expect(dbtReach(shop, { relation: ORDERS, column: 'status' })).toEqual({
      models: [{ name: 'daily', owner: 'sales' }],
      below: 1,
      exposures: [{ name: 'Board', type: 'dashboard', owner: 'Ann' }],
    });
  });

  it('is nothing where no model names the column', () => {
    expect(dbtReach(shop, { relation: ORDERS, column: 'note' })).toEqual({
      models: [],
      below: 0,
      exposures: [],
    });
  });

  it('is every model that reads a relation that is gone, and each that is not understood', () => {
    const opaque = reads('other', [], { reads: [], notUnderstood: 'it is Python' });

    expect(dbtReach(shop, { relation: ORDERS }).models).toEqual([
      { name: 'daily', owner: 'sales' },
      { name: 'other' },
    ]);
    expect(
      dbtReach({ ...shop, reads: [opaque] }, { relation: ORDERS, column: 'note' }).models,
    ).toEqual([{ name: 'other' }]);
  });

  it('is an exposure of the relation itself only where it may take the column', () => {
    const direct = { ...board, dependsOn: ['seed.shop.orders'] };
    const exposed = (columns?: readonly string[]) => {
      const exposures = [columns === undefined ? direct : { ...direct, columns }];
      const project = { ...shop.project, exposures };
      return dbtReach({ project, reads: [] }, { relation: ORDERS, column: 'note' }).exposures;
    };

    expect([exposed(), exposed(['Note']), exposed(['amount'])].map((all) => all.length)).toEqual([
      1, 1, 0,
    ]);
  });
});
