import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/base/clock.ts';
import { proposalsOf } from './proposals/asked-world.ts';
import { FIRST_DAY, SmallWorld, stepsOf } from './small-world.ts';

const MODEL = `{{ config(materialized='table') }}

with lines as (
    select
        order_id,
        product_id,
        quantity,  -- pieces
        net_amount
    from {{ source('silver', 'order_lines') }}
),

products as (
    select product_id, product_name, category, brand from {{ source('silver', 'products') }}
)

select
    lines.order_id,
    lines.quantity,
    lines.net_amount,
    products.category,
    products.brand  {# who makes it #}
from lines
left join products using (product_id)
`;
const COMPILED = MODEL.replace(/\{\{ config.*\n/, '')
  .replace(/\{\{ source\('(\w+)', '(\w+)'\) \}\}/g, '"lake"."$1"."$2"')
  .replace('{# who makes it #}', '');
const DESCRIBED = `models:
  - name: facts
    columns:
      - name: category
      - name: brand   # nobody asks
      - name: quantity
`;
const SOURCES = `sources:
  - name: silver
    tables:
      - name: products
        columns: [{name: brand, data_tests: [not_null]}]   # who makes it
`;
const READ = 'select category, sum(net_amount) from gold.facts where order_id > 0 group by all';
const BUILD = `/* {"app": "dbt", "dbt_version": "1.10.0", "node_id": "model.shop.facts"} */ create or replace table gold.facts as (${COMPILED})`;
const IN_CI = BUILD.replace('"node_id"', '"target_name": "ci", "node_id"').replace(
  'gold.facts as',
  'dbt_ci.facts as',
);
const TESTED = `/* {"app": "dbt", "node_id": "test.shop.not_null_facts_brand"} */ select count(*) from gold.facts where brand is null`;

function manifest(): object {
  const source = (name: string) => ({
    unique_id: `source.shop.silver.${name}`,
    source_name: 'silver',
    name,
    package_name: 'shop',
    relation_name: `"lake"."silver"."${name}"`,
    original_file_path: 'models/sources.yml',
  });
  return {
    metadata: {
      project_name: 'shop',
      adapter_type: 'duckdb',
      generated_at: new Date(FIRST_DAY).toISOString(),
    },
    nodes: {
      'model.shop.facts': {
        unique_id: 'model.shop.facts',
        resource_type: 'model',
        name: 'facts',
        package_name: 'shop',
        relation_name: '"lake"."gold"."facts"',
        original_file_path: 'models/facts.sql',
        patch_path: 'shop://models/facts.yml',
        raw_code: MODEL,
        depends_on: { nodes: ['source.shop.silver.order_lines', 'source.shop.silver.products'] },
        columns: { category: { name: 'category' }, brand: { name: 'brand' } },
      },
    },
    sources: {
      'source.shop.silver.order_lines': source('order_lines'),
      'source.shop.silver.products': source('products'),
    },
    exposures: {
      'exposure.shop.board': {
        unique_id: 'exposure.shop.board',
        name: 'board',
        label: 'Board pack',
        type: 'dashboard',
        owner: { name: 'Ann' },
        depends_on: { nodes: ['model.shop.facts'] },
        meta: { goldsmith: { columns: ['quantity'] } },
      },
    },
  };
}

describe('columns of a dbt model that nobody reads', () => {
  const project = mkdtempSync(join(tmpdir(), 'goldsmith-shop-'));
  let world: SmallWorld;

  beforeAll(async () => {
    mkdirSync(join(project, 'models'));
    mkdirSync(join(project, 'target'));
    writeFileSync(join(project, 'models', 'facts.sql'), MODEL);
    writeFileSync(join(project, 'models', 'facts.yml'), DESCRIBED);
    writeFileSync(join(project, 'models', 'sources.yml'), SOURCES);
    writeFileSync(join(project, 'target', 'manifest.json'), JSON.stringify(manifest()));
    world = await SmallWorld.open({
      orderLines: 500,
      setup: [`create table gold.facts as ${COMPILED}`],
      settings: {
        mode: 'propose',
        dbt: { project, path: 'transform' },
        prune: { enabled: true, watchFor: '40d', minimumReadDays: 20 },
        usage: { idRetentionDays: 200 },
      },
    });
    for (let day = -60; day < 2; day += 1) {
      const at = FIRST_DAY + day * DAY_MS + 8 * HOUR_MS;
      world.record({ text: BUILD, at, user: 'dbt', client: 'dbt', cpuMs: 5000 });
      world.record({ text: TESTED, at: at + 500, user: 'dbt', client: 'dbt', cpuMs: 5 });
      world.record({ text: IN_CI, at: at + 700, user: 'dbt', client: 'dbt', cpuMs: 9000 });
      world.record({ text: READ, at: at + 1000, user: 'emea', client: 'metabase' });
      world.record({ text: READ, at: at + 2000, user: 'apac', client: 'metabase' });
    }
    await world.start();
  });
  afterAll(async () => {
    await world.close();
    rmSync(project, { recursive: true, force: true });
  });

  it('become a proposed edit of its files, and nothing is done to the table', async () => {
    const cycle = await world.cycle(2);
    const [asked, ...others] = (await proposalsOf(world)).filter(({ kind }) => kind === 'edit');

    expect(stepsOf(cycle)).toEqual([]);
    expect(others).toEqual([]);
    expect(asked).toMatchObject({
      state: 'open',
      title: 'Take brand out of dbt model facts',
    });
    expect(asked?.money.arithmetic).toEqual([
      'dbt was seen to spend $0.000069 a day on building it (14 builds, $0.000069 each)',
      expect.stringMatching(/^1 of its 5 columns/),
      expect.stringMatching(/^its tests and its builds in CI are counted apart: 14 statements, /),
    ]);
    expect(await world.rows('select distinct brand is null from gold.facts')).not.toEqual([]);
    const { text } = await world.goldsmith.proposal(asked?.id ?? '');
    expect(text).toMatch(/^files {5}transform\/models\/facts.sql:\n {12}\{\{ config/m);
    const [kept] = cycle.input.prune?.dbt ?? [];
    expect(kept).toMatchObject({ who: 'dashboard Board pack (Ann)', columns: ['quantity'] });
  });

  it('are told with what keeps the others', async () => {
    const { text } = await world.goldsmith.attributes('gold.facts');

    expect(text).toMatch(/brand .* announce: nobody named it in 40 days/);
    expect(text).toMatch(/quantity .* dbt-dependents: dashboard Board pack \(Ann\) takes it/);
    expect(text).toMatch(/category .* named-lately/);
  });

  it('have models and exposures in their lineage', async () => {
    const { text } = await world.goldsmith.lineage('silver.order_lines.quantity', 'down');

    expect(text).toContain('gold.facts.quantity');
    expect(text).toContain('exposed as Board pack (dashboard, owned by Ann): takes gold.facts');
  });

  it('stay asked while dbt writes its manifest, and unasked where there is none to read', async () => {
    const edit = async () => (await proposalsOf(world)).find(({ kind }) => kind === 'edit');
    writeFileSync(join(project, 'target', 'manifest.json'), '{"nodes": {');
    await world.cycle(3);
    expect(await edit()).toMatchObject({ state: 'open' });

    await world.restart();
    await world.cycle(4);
    const { text } = await world.goldsmith.attributes('gold.facts');

    expect(await edit()).toMatchObject({ state: 'overtaken' });
    expect(text).not.toContain('announce:');
    expect(world.logLines.join('')).toContain('the dbt project was not read');
  });

  it('are not asked for again once somebody agreed, before and after the file was pulled', async () => {
    const states = async () =>
      (await proposalsOf(world)).filter(({ kind }) => kind === 'edit').map(({ state }) => state);
    writeFileSync(join(project, 'target', 'manifest.json'), JSON.stringify(manifest()));
    await world.cycle(5);
    const open = (await proposalsOf(world)).find(({ state }) => state === 'open');
    await world.goldsmith.approve(open?.id ?? '', { by: 'cli:ana' });

    await world.cycle(6);
    expect((await states()).toSorted()).toEqual(['applied', 'overtaken']);

    writeFileSync(
      join(project, 'models', 'facts.sql'),
      MODEL.replace(/,\n {4}products.brand .*/, ''),
    );
    await world.cycle(7);
    expect((await states()).toSorted()).toEqual(['applied', 'overtaken']);
    expect(world.logLines.join('')).toContain('a dbt model was changed since dbt compiled it');
  });

  it('whose source is renamed have the model, its owner and its dashboards in what is told of that', async () => {
    writeFileSync(join(project, 'models', 'facts.sql'), MODEL);
    await world.run('alter table silver.products rename column brand to maker');

    const { schemaEvents } = await world.cycle(8);

    expect(schemaEvents).toMatchObject([
      {
        kind: 'column-renamed',
        severity: 'breaking',
        dbt: {
          models: [{ name: 'facts' }],
          below: 0,
          exposures: [{ name: 'Board pack', type: 'dashboard', owner: 'Ann' }],
        },
      },
    ]);
    const { text } = await world.goldsmith.drift();
    expect(text).toContain('    dbt models: facts\n');
    expect(text).toContain('    exposed as: Board pack (dashboard, owned by Ann)\n');
  });

  it('are asked for under the new name in the same cycle, every other byte of the file as it was', async () => {
    const asked = (await proposalsOf(world)).find(({ state }) => state === 'open');

    expect(asked).toMatchObject({
      kind: 'edit',
      relation: 'silver.products',
      title: 'Follow a renamed source in dbt model facts',
      because: expect.stringContaining('silver.products.brand is now called maker'),
    });
    const { text } = await world.goldsmith.proposal(asked?.id ?? '');
    expect(text).toContain('transform/models/facts.sql');
    expect(text).toContain('category, maker as brand from {{ source');
    expect(text).toContain('transform/models/sources.yml');
    expect(text).toContain('columns: [{name: maker, data_tests: [not_null]}]   # who makes it');
  });
});
