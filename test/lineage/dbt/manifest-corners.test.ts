import { describe, expect, it } from 'vitest';
import { dbtNeeds, isFor } from '../../../src/lineage/dbt/dbt-needs.ts';
import { readProject } from '../../../src/lineage/dbt/read-project.ts';
import { dialectOf } from '../../../src/sql/dialects.ts';

function projectOf(manifest: Readonly<Record<string, unknown>>) {
  return readProject(
    { manifest: { metadata: { project_name: 'p', dbt_version: '1.9.4' }, ...manifest } },
    { dialect: dialectOf('duckdb') },
  );
}

function model(id: string, more: Readonly<Record<string, unknown>> = {}) {
  return {
    unique_id: id,
    resource_type: 'model',
    package_name: 'p',
    schema: 's',
    name: id,
    ...more,
  };
}

describe('an exposure that is fed by metrics', () => {
  const semantic = {
    unique_id: 'sales',
    name: 'sales',
    depends_on: { nodes: ['orders'] },
    entities: [{ name: 'order', expr: 'order_id' }],
    measures: [{ name: 'revenue', expr: 'amount - tax' }],
  };
  const board = {
    unique_id: 'board',
    name: 'board',
    type: 'dashboard',
    owner: { name: 'Ann' },
    depends_on: { nodes: ['ratio', 'stores'] },
  };
  const project = projectOf({
    nodes: { orders: model('orders'), stores: model('stores') },
    semantic_models: { sales: semantic },
    metrics: {
      ratio: { unique_id: 'ratio', depends_on: { nodes: ['revenue', 'ratio'] } },
      revenue: { unique_id: 'revenue', depends_on: { nodes: ['sales'] } },
    },
    exposures: { board },
  });

  it('takes what their semantic models name, and all of what it names itself', () => {
    const needs = dbtNeeds(project, []).filter(({ kind }) => kind === 'exposure');
    const who = (relation: string, column: string) =>
      needs
        .filter((need) => need.relation === relation && isFor(need, column))
        .map((need) => need.who);

    expect(who('s.orders', 'TAX')).toEqual(['dashboard board (Ann)']);
    expect(who('s.orders', 'status')).toEqual([]);
    expect(who('s.stores', 'anything')).toEqual(['dashboard board (Ann)']);
  });
});

describe('versions and owners of models', () => {
  it('have unit tests of the version they test, else of the latest', () => {
    const versions = ['1', '2', '3'].map((version) =>
      model(`m.v${version}`, { name: 'm', version, latest_version: 2 }),
    );
    const test = (id: string, more: object) => ({
      unique_id: id,
      name: id,
      model: 'm',
      given: [{ input: "ref('m', v=3)", rows: [{ b: 1 }] }],
      expect: { rows: [{ a: 1 }] },
      ...more,
    });
    const { unitTests } = projectOf({
      nodes: Object.fromEntries(versions.map((each) => [each.unique_id, each])),
      unit_tests: { x: test('x', { version: 1 }), y: test('y', {}) },
    });

    expect(unitTests.map(({ names }) => names.map((each) => each.model))).toEqual([
      ['m.v1', 'm.v3'],
      ['m.v2', 'm.v3'],
    ]);
  });

  it.each([
    ['their group', { group: 'g', config: { meta: { owner: 'Ben' } } }, 'Sales'],
    ['a group nobody describes', { group: 'h' }, 'h'],
    ['their own words', { config: { meta: { owner: 'Ben' } } }, 'Ben'],
    ['an address in them', { config: { meta: { owner: { email: 'b@x.com' } } } }, 'b@x.com'],
    ['nothing', { config: { meta: { owner: 7 } } }, undefined],
  ])('are known by %s', (_what, more, owner) => {
    const { models } = projectOf({
      nodes: { m: model('m', more) },
      groups: { g: { name: 'g', owner: { name: 'Sales' } } },
    });

    expect(models[0]?.owner).toBe(owner);
  });

  it('are private where their group says so, by the version of dbt that wrote it', () => {
    const project = projectOf({ nodes: { m: model('m', { config: { access: 'private' } }) } });

    expect(project).toMatchObject({ dbtVersion: '1.9.4', models: [{ isPrivate: true }] });
  });
});
