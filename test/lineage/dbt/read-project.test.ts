import { afterAll, describe, expect, it } from 'vitest';
import { dbtFacts } from '../../../src/lineage/dbt/dbt-facts.ts';
import { type DbtNeed, dbtNeeds, isFor } from '../../../src/lineage/dbt/dbt-needs.ts';
import { dbtReads } from '../../../src/lineage/dbt/dbt-reads.ts';
import { readProject } from '../../../src/lineage/dbt/read-project.ts';
import { openParsers } from '../../../src/parsers/open-parsers.ts';
import { dialectOf } from '../../../src/sql/dialects.ts';
import { indexSchema } from '../../../src/sql/schema-index.ts';
import { schemaOf, shopArtifacts, shopProject } from './shop-project.ts';

const parsers = openParsers({ workers: 1 });
afterAll(() => parsers.close());

const project = shopProject();
const dialect = dialectOf('duckdb');
const schema = indexSchema(schemaOf(project), dialect);
const world = { dialect, schema, names: { database: 'shopfix' }, parse: parsers.parse };

async function needsOf(relation: string, column: string): Promise<readonly DbtNeed[]> {
  const needs = dbtNeeds(project, await dbtReads(project, world));
  return needs.filter((need) => need.relation === relation && isFor(need, column));
}

describe('reading a dbt project', () => {
  it('names relations as the catalog of the warehouse does', () => {
    expect(project.models.map(({ id, relation }) => [id, relation])).toContainEqual([
      'model.shop.orders',
      'gold.orders',
    ]);
  });

  it('knows files, columns with their types, and what is described', () => {
    const orders = project.models.find(({ name }) => name === 'orders');

    expect(orders).toMatchObject({
      path: 'models/marts/orders.sql',
      patchPath: 'models/marts/schema.yml',
      materialized: 'table',
    });
    expect(orders?.columns.slice(0, 3)).toEqual([
      { name: 'order_id', type: 'integer', isDescribed: true },
      { name: 'status', type: 'varchar', isDescribed: true },
      { name: 'placed_on', type: 'date', isDescribed: false },
    ]);
  });

  it('raises for a file that is no manifest, and says where', () => {
    const manifest = { nodes: { a: { unique_id: 3 } } };

    expect(() => readProject({ manifest }, { dialect })).toThrow(
      expect.objectContaining({ code: 'DBT_ARTIFACT' }),
    );
    expect(() => readProject({ manifest }, { dialect })).toThrow(/nodes\.a\.unique_id/);
  });

  it('reads versions that lack what newer ones have, and leaves alone what it does not know', () => {
    const manifest = {
      metadata: { dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v10.json' },
      nodes: {
        'model.old.a': {
          unique_id: 'model.old.a',
          resource_type: 'model',
          name: 'a',
          database: 'Shop',
          schema: 'Main',
          alias: 'A_Table',
          future: { anything: [1] },
        },
        'operation.old.b': { unique_id: 'operation.old.b', resource_type: 'operation', name: 'b' },
      },
      saved_queries: { x: 1 },
    };
    const snowflake = dialectOf('snowflake');

    expect(readProject({ manifest }, { dialect: snowflake }).models).toMatchObject([
      { id: 'model.old.a', relation: 'SHOP.MAIN.A_TABLE' },
    ]);
  });

  it('takes what was compiled from its file, where the manifest was written by another command', () => {
    const manifest = {
      nodes: {
        m: {
          unique_id: 'm',
          resource_type: 'model',
          name: 'm',
          package_name: 'shop',
          original_file_path: 'models/m.sql',
        },
      },
    };
    const compiledFile = (path: string) =>
      path === 'shop/models/m.sql' ? 'select 1 as a' : undefined;

    expect(readProject({ manifest, compiledFile }, { dialect }).models).toMatchObject([
      { compiledCode: 'select 1 as a' },
    ]);
  });

  it('takes names in quotes as they are and folds the others', () => {
    const withName = (text: string, name: string) =>
      readProject(
        {
          manifest: {
            nodes: {
              m: { unique_id: 'm', resource_type: 'model', name: 'm', relation_name: text },
            },
          },
        },
        { dialect: dialectOf(name), ownDatabase: 'p' },
      ).models[0]?.relation;

    expect(withName('`p`.`d`.`My_Table`', 'bigquery')).toBe('d.My_Table');
    expect(withName('`p.d.t`', 'bigquery')).toBe('d.t');
    expect(withName('OTHER.main.Orders', 'snowflake')).toBe('OTHER.MAIN.ORDERS');
    expect(withName('"P"."main"."a.b"', 'duckdb')).toBe('main."a.b"');
  });

  it('takes what passed tests verified as facts, and nothing from those that did not', () => {
    const facts = dbtFacts(project, { verifiedAt: 7, schema });
    const { manifest, catalog } = shopArtifacts();
    const untested = dbtFacts(shopProject({ manifest, catalog }), { verifiedAt: 7, schema });

    expect(facts.uniqueKeys).toContainEqual({
      relation: 'main.stg_customers',
      columns: ['customer_id'],
    });
    expect(facts.notNull).toContainEqual({ relation: 'gold.orders', column: 'order_id' });
    expect(facts.notNull).not.toContainEqual(expect.objectContaining({ column: 'customer_city' }));
    expect([...untested.uniqueKeys, ...untested.notNull]).toEqual([]);
  });
});

describe('what a project needs of a column', () => {
  it('is what models downstream name, through a star too', async () => {
    expect(await needsOf('gold.orders', 'amount')).toMatchObject([
      { kind: 'model', who: 'dbt model daily' },
      { kind: 'exposure', who: 'dashboard Weekly orders (Ann)' },
    ]);
    expect(await needsOf('main.stg_orders', 'channel')).toEqual([]);
    expect(await needsOf('main.raw_orders', 'channel')).toMatchObject([
      { kind: 'model', who: 'dbt model stg_orders' },
    ]);
  });

  it('is what a text names without needing it, because it would not compile', async () => {
    expect(await needsOf('main.stg_customers', 'email')).toMatchObject([
      { kind: 'model', who: 'dbt model orders' },
    ]);
  });

  it('is what keys, tests of its own and configurations name', async () => {
    expect(await needsOf('gold.orders', 'order_id')).toContainEqual(
      expect.objectContaining({ kind: 'test', who: expect.stringContaining('dbt test unique') }),
    );
    expect(await needsOf('gold.orders', 'payments')).toMatchObject([
      { kind: 'test', who: 'dbt test orders_have_payments' },
    ]);
    expect((await needsOf('gold.daily', 'placed_on')).map(({ kind }) => kind).toSorted()).toEqual([
      'configuration',
      'test',
    ]);
  });

  it('is nothing where only a test of the column itself names it', async () => {
    expect(await needsOf('gold.orders', 'customer_city')).toEqual([]);
    expect(await needsOf('gold.orders', 'tax')).toEqual([]);
  });

  it('may be anything where an exposure or a text does not say', async () => {
    const { manifest, catalog } = structuredClone(shopArtifacts()) as {
      manifest: {
        exposures: Record<string, { meta: unknown; config: unknown }>;
        nodes: Record<string, { compiled_code: string }>;
      };
      catalog: unknown;
    };
    for (const exposure of Object.values(manifest.exposures)) {
      exposure.meta = {};
      exposure.config = {};
    }
    const daily = manifest.nodes['model.shop.daily'];
    if (daily !== undefined) {
      daily.compiled_code = 'select this is no sql from';
    }
    const changed = shopProject({ manifest, catalog });
    const needs = dbtNeeds(changed, await dbtReads(changed, world));

    expect(
      needs.filter((need) => need.relation === 'gold.orders' && isFor(need, 'tax')),
    ).toMatchObject([
      { kind: 'model', who: 'dbt model daily', columns: 'all' },
      { kind: 'exposure', columns: 'all', advice: expect.stringContaining('meta: {goldsmith') },
    ]);
  });

  it('is an enforced contract, a constraint, a semantic model and the rows of a unit test', () => {
    const base = { resource_type: 'model', package_name: 'p', schema: 's', database: 'shopfix' };
    const manifest = {
      metadata: { project_name: 'p' },
      nodes: {
        m: {
          ...base,
          unique_id: 'm',
          name: 'm',
          contract: { enforced: true },
          columns: { a: { name: 'a' }, b: { name: 'b', constraints: [{ type: 'not_null' }] } },
        },
        n: { ...base, unique_id: 'n', name: 'n', columns: { a: { name: 'a' } } },
        o: { ...base, unique_id: 'o', name: 'o', access: 'public' },
        p: {
          ...base,
          unique_id: 'p',
          name: 'p',
          columns: { event_time: { name: 'event_time' }, day: { name: 'day' } },
          config: { event_time: null, partition_by: { field: 'Day', data_type: 'date' } },
        },
        t: {
          unique_id: 't',
          resource_type: 'test',
          name: 'same',
          attached_node: 'n',
          test_metadata: {
            name: 'same_totals',
            kwargs: { with: "ref('m')", columns: ['x_total'] },
          },
          depends_on: { nodes: ['m', 'n'] },
        },
      },
      semantic_models: {
        x: {
          unique_id: 'x',
          name: 'sales',
          depends_on: { nodes: ['n'] },
          measures: [{ name: 'total', expr: 'c * price' }],
          dimensions: [{ name: 'day' }],
        },
      },
      unit_tests: {
        u: {
          unique_id: 'u',
          name: 'adds_up',
          model: 'n',
          given: [{ input: "ref('m')", rows: [{ a: 1 }] }],
          expect: { rows: [{ total: 1 }] },
        },
      },
    };
    const needs = dbtNeeds(readProject({ manifest }, { dialect, ownDatabase: 'shopfix' }), []);
    const kinds = (relation: string, column: string) =>
      needs
        .filter((need) => need.relation === relation && isFor(need, column))
        .map(({ kind }) => kind);

    expect(kinds('s.m', 'A')).toEqual(['contract', 'unit test']);
    expect(kinds('s.m', 'b')).toEqual(['contract', 'constraint']);
    expect(kinds('s.n', 'price')).toEqual(['semantic model']);
    expect(kinds('s.n', 'day')).toEqual(['semantic model']);
    expect(kinds('s.n', 'total')).toEqual(['unit test']);
    expect(kinds('s.n', 'a')).toEqual([]);
    expect(kinds('s.o', 'anything')).toEqual(['contract']);
    expect([kinds('s.p', 'day'), kinds('s.p', 'event_time')]).toEqual([['configuration'], []]);
    expect([kinds('s.m', 'x_total'), kinds('s.n', 'x_total')]).toEqual([['test'], ['test']]);
  });
});
