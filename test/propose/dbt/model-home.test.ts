import { describe, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import type { DbtModel, DbtProject } from '../../../src/lineage/dbt/dbt-project.ts';
import { homeOf, nameInProject } from '../../../src/propose/dbt/model-home.ts';
import { aModel, aProject } from './a-project.ts';

const gold = (name: string) => relationId({ schema: 'gold', name });
const MART = gold('orders_by_region');
const ORDERS = relationId({ schema: 'main', name: 'orders' });

function inGold(name: string, folder: string, more: Partial<DbtModel> = {}): DbtModel {
  return aModel({ name, relation: gold(name), path: `${folder}/${name}.sql`, ...more });
}

function home(models: readonly DbtModel[], over: Partial<DbtProject> = {}) {
  const project = aProject({ models: [...aProject().models, ...models], ...over });
  return homeOf({ project, mart: MART, sources: [ORDERS] });
}

describe('the home of a new model', () => {
  it('is the folder in which most models of its schema lie', () => {
    const models = [
      inGold('a', 'models/marts/core'),
      inGold('b', 'models/marts/core'),
      inGold('c', 'models/marts/finance'),
      aModel({ name: 'stg', path: 'models/staging/stg.sql' }),
    ];

    expect(home(models)).toMatchObject({
      folder: 'models/marts/core',
      name: 'orders_by_region',
      relation: 'gold.orders_by_region',
      ownYaml: 'models/marts/core/orders_by_region.yml',
    });
  });

  it('is not among views over raw sources, though they are made in its schema', () => {
    const source = {
      id: 'source.shop.raw.x',
      source: 'raw',
      name: 'x',
      package: 'shop',
      relation: relationId({ schema: 'raw', name: 'x' }),
      relationText: 'raw.x',
      columns: [],
    };
    const staging = ['stg_a', 'stg_b'].map((name) =>
      inGold(name, 'models/staging', { materialized: 'view', dependsOn: [source.id] }),
    );
    const marts = [inGold('a', 'models/marts', { dependsOn: ['model.shop.stg_a'] })];

    expect(home([...staging, ...marts], { sources: [source] })).toMatchObject({
      folder: 'models/marts',
    });
    expect(home(staging, { sources: [source] })).toMatchObject({ folder: 'models/staging' });
  });

  it('is beside models that read what it reads, where none is made in its schema', () => {
    const reader = aModel({ name: 'x', path: 'models/x.sql', dependsOn: ['seed.shop.orders'] });

    expect(home([reader])).toMatchObject({ folder: 'models', relation: 'main.orders_by_region' });
    expect(home([aModel({ name: 'y' })])).toEqual({
      because: 'no model of shop is made in gold, and none reads what it reads',
    });
  });

  it('has the manner of its neighbours: names, quotes, tests, where they are described, whose they are', () => {
    const like = (name: string): DbtModel =>
      inGold(name, 'models/marts', {
        rawCode: 'select * from {{ ref("stg") }}',
        patchPath: `models/marts/_${name}.yaml`,
        owner: 'Sales',
      });

    expect(home([like('fct_a'), like('fct_b')], { dbtVersion: '1.7.9' })).toMatchObject({
      name: 'fct_orders_by_region',
      relation: 'gold.fct_orders_by_region',
      quote: '"',
      testsAre: 'tests',
      ownYaml: 'models/marts/_fct_orders_by_region.yaml',
      owner: 'Sales',
    });
    expect(home([inGold('fct_a', 'm'), inGold('dim_b', 'm')])).toMatchObject({
      name: 'orders_by_region',
    });
    const shared = 'models/marts/_marts.yml';
    expect(home([inGold('a', 'models/marts', { patchPath: shared })])).toMatchObject({
      sharedYaml: shared,
    });
  });

  it('is none where a model has the name', () => {
    const taken = aModel({ name: 'Orders_By_Region' });

    expect(home([inGold('a', 'm'), taken])).toEqual({
      because: 'the project has a model called Orders_By_Region already',
    });
  });
});

describe('what a project calls a relation', () => {
  it.each<[string, Partial<DbtModel>, object | undefined]>([
    ['a model', {}, { kind: 'ref', model: 'm' }],
    ['one of a package', { package: 'base' }, { kind: 'ref', model: 'm', package: 'base' }],
    [
      'an old version',
      { version: '1', isLatest: false },
      { kind: 'ref', model: 'm', version: '1' },
    ],
    ['one that is private to a group', { isPrivate: true }, undefined],
  ])('%s', (_what, changes, name) => {
    const relation = gold('m');
    const project = aProject({ models: [aModel({ name: 'm', relation, ...changes })] });

    expect(nameInProject(project, relation)).toEqual(name);
  });
});
