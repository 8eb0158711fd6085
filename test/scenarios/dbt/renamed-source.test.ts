import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dbtCommand, WITH_DBT } from '../../propose/dbt/dbt-command.ts';
import { proposalsOf } from '../proposals/asked-world.ts';
import { SmallWorld } from '../small-world.ts';
import { type LakeModel, type LakeProject, lakeProject } from './lake-project.ts';

const FACTS: LakeModel = {
  name: 'facts',
  dependsOn: ['silver.order_lines', 'silver.products'],
  sql: `with products as (
    select * from {{ source('silver', 'products') }}
)

select
    lines.order_id,
    products.brand,   -- who makes it
    lines.net_amount
from {{ source('silver', 'order_lines') }} as lines
join products using (product_id)
where products.brand is not null
`,
};

const BRANDS: LakeModel = {
  name: 'brands',
  dependsOn: ['silver.products'],
  sql: `{{ config(materialized='view') }}
select brand, count(*) as products
from {{ source("silver", "products") }}
group by 1
`,
};

const STORES: LakeModel = {
  name: 'regions',
  dependsOn: ['silver.stores'],
  sql: `select region, count(*) as stores from {{ source('silver', 'stores') }} group by 1\n`,
};

const SOURCES = `version: 2

sources:
  - name: silver
    tables:
      - name: stores
        columns: [{name: store_id, data_tests: [unique]}]
      - name: order_lines
      # what is sold
      - name: products
        columns:
          - name: product_id
            data_tests: [unique]
          - name: brand    # who makes it
            description: Of the product
            data_tests:
              - not_null
`;

const MODELS = `models:
  - name: facts
    columns:
      - name: brand
        data_tests:
          - not_null
          - relationships: {arguments: {to: "source('silver', 'products')", field: brand}}

unit_tests:
  - name: counts_products
    model: brands
    given:
      - input: source('silver', 'products')
        rows:
          - {product_id: 1, brand: acme}
          - {product_id: 2, brand: acme}
    expect:
      rows:
        - {brand: acme, products: 2}
`;

/** The proposals that follow a renamed column and a moved table, merged, beside what dbt itself says of the project before and after. */
describe.skipIf(WITH_DBT === undefined)(
  'a dbt project whose sources were renamed, with the real dbt',
  { timeout: 600_000 },
  () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'goldsmith-dbt-parsed-'));
    let project: LakeProject;
    let world: SmallWorld;

    beforeAll(async () => {
      project = lakeProject([FACTS, BRANDS, STORES], {
        'models/sources.yml': SOURCES,
        'models/marts/schema.yml': MODELS,
      });
      const dbt = await dbtCommand({ LAKE_DB: join(elsewhere, 'lake.duckdb') });
      await dbt.run(project.checkout, 'parse');
      world = await SmallWorld.open({
        orderLines: 200,
        setup: [
          'create table gold.facts as select l.order_id, p.brand, l.net_amount from silver.order_lines l join silver.products p using (product_id)',
          'create view gold.brands as select brand, count(*) as products from silver.products group by 1',
        ],
        settings: {
          mode: 'propose',
          marts: { adoptable: [] },
          dbt: { project: project.checkout, path: 'transform', staleAfter: '3650d' },
          propose: { git: { remote: project.remote.url, branch: 'main' } },
        },
      });
      await world.start();
      await world.cycle(1);
      await world.run('drop view gold.brands');
      await world.run(
        'alter table silver.products rename column brand to maker',
        'drop view gold.daily_sales',
        'alter table silver.stores rename to shops',
      );
      await world.cycle(2);
    }, 600_000);
    afterAll(async () => {
      await world.close();
      project.remove();
      rmSync(elsewhere, { recursive: true, force: true });
    });

    it('is asked in one question for what was renamed, with the YAML files that say the former name, and one for what was moved', async () => {
      expect((await proposalsOf(world)).map(({ title }) => title).toSorted()).toEqual([
        'Follow a renamed source in dbt models brands and facts',
        'Follow the moved table of dbt source silver.stores',
      ]);
      const branches = project.remote.branches().filter((name) => name.startsWith('goldsmith/'));
      const changed = branches.map((branch) =>
        project.remote.git('diff', '--name-only', 'main', branch).split('\n'),
      );
      expect(changed).toEqual([
        [
          'transform/models/marts/brands.sql',
          'transform/models/marts/facts.sql',
          'transform/models/marts/schema.yml',
          'transform/models/sources.yml',
        ],
        ['transform/models/sources.yml'],
      ]);
    });

    it('fails to build as it stands, and builds green once both are merged', async () => {
      const { remote } = project;
      await world.leave();
      const dbt = await dbtCommand({ LAKE_DB: world.warehousePath });
      const build = async () => {
        const folder = mkdtempSync(join(elsewhere, 'checkout-'));
        remote.git('worktree', 'add', '--quiet', '--force', '--detach', folder, 'main');
        return dbt.run(join(folder, 'transform'), 'build');
      };
      await expect(build()).rejects.toThrow();

      remote.person('fetch', '--quiet');
      for (const branch of remote.branches().filter((name) => name.startsWith('goldsmith/'))) {
        remote.person('merge', '--quiet', '--no-ff', '--no-edit', `origin/${branch}`);
      }
      remote.person('push', '--quiet', 'origin', 'main');
      const told = await build();

      expect(told).toContain('ERROR=0');
      expect(told).toContain('source_not_null_silver_products_maker');
      expect(told).toContain('source_unique_silver_stores_store_id');
      expect(told).toMatch(/counts_products .*\[PASS/);
      expect(
        await dbt.rows(world.warehousePath, 'select distinct brand from gold.facts order by 1'),
      ).toBe(
        await dbt.rows(
          world.warehousePath,
          'select distinct maker from silver.products join silver.order_lines using (product_id) order by 1',
        ),
      );
    });
  },
);
