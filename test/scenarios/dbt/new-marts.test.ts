import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/base/clock.ts';
import type { CycleResult } from '../../../src/daemon/cycle.ts';
import { problemsOf } from '../../propose/contract/validate-contract.ts';
import { dbtCommand, WITH_DBT } from '../../propose/dbt/dbt-command.ts';
import { proposalsOf } from '../proposals/asked-world.ts';
import { BY_REGION, FIRST_DAY, SmallWorld, stepsOf } from '../small-world.ts';
import { type LakeModel, type LakeProject, lakeProject } from './lake-project.ts';

const JOINED = ['order_lines', 'orders', 'products', 'stores'].map((name) => `silver.${name}`);

const LINES: LakeModel = {
  name: 'region_lines',
  dependsOn: JOINED,
  described: ['region', 'row_count'],
  sql: `-- how many lines a region sells
with lines as (
    select
        order_id,
        product_id   -- what was sold
    from {{ source('silver', 'order_lines') }}
)

select
    stores.region,
    count(*) as row_count
from lines
join {{ source('silver', 'orders') }} as orders using (order_id)
join {{ source('silver', 'products') }} as products using (product_id)
join {{ source('silver', 'stores') }} as stores using (store_id)
group by 1
`,
};

const DESCRIBED = `version: 2

models:
  # lines, whatever they are worth
  - name: region_lines
    description: Lines sold, by region
    config: {contract: {enforced: true}}
    columns:
      - name: region
        data_type: varchar
        description: Where the store is
      - name: row_count   # never null
        data_type: bigint
`;

const BIG_STORES: LakeModel = {
  name: 'big_stores',
  dependsOn: ['silver.stores'],
  sql: `select store_id, region from {{ source("silver", "stores") }}\n`,
};

/** Two days on which three people ask for the revenue of regions, and the night after. */
async function askedFor(project: LakeProject, setup: readonly string[]): Promise<SmallWorld> {
  const world = await SmallWorld.open({
    orderLines: 200,
    baseCpuMs: 30_000,
    setup,
    settings: {
      mode: 'propose',
      marts: { adoptable: [] },
      dbt: { project: project.checkout, path: 'transform' },
      propose: { git: { remote: project.remote.url, branch: 'main' } },
    },
  });
  await world.start();
  await day(world, 0);
  await day(world, 1);
  return world;
}

/** Three people ask all day; then comes the night. */
async function day(world: SmallWorld, nth: number): Promise<CycleResult> {
  const nine = FIRST_DAY + nth * DAY_MS + 9 * HOUR_MS;
  await world.ask(BY_REGION, { at: nine, user: 'ana' });
  for (let turn = 1; turn < 12; turn += 1) {
    const at = nine + (turn / 2) * HOUR_MS;
    world.record({ text: BY_REGION, at, user: ['ana', 'ben', 'chi'][turn % 3] ?? 'ana' });
  }
  return world.cycle(nth + 1);
}

function branchOf(project: LakeProject): string {
  return project.remote.branches().find((name) => name.startsWith('goldsmith/')) ?? '';
}

function merge({ remote }: LakeProject, branch: string): void {
  remote.person('fetch', '--quiet');
  remote.person('merge', '--quiet', '--no-ff', '--no-edit', `origin/${branch}`);
  remote.person('push', '--quiet', 'origin', 'main', `:${branch}`);
}

/** What dbt makes of the default branch over the warehouse as it is; nobody else may hold its file. */
async function builtBy(
  project: LakeProject,
  { world, relation }: { readonly world: SmallWorld; readonly relation: string },
): Promise<readonly string[]> {
  await world.leave();
  const folder = join(project.remote.folder, 'checkout');
  project.remote.git('worktree', 'add', '--quiet', folder, 'main');
  const dbt = await dbtCommand({ LAKE_DB: world.warehousePath });
  const told = await dbt.run(join(folder, 'transform'), 'build');
  expect(told).toContain('ERROR=0');
  const rows = (from: string) => dbt.rows(world.warehousePath, `${from} order by 1`);
  return [
    await rows(`select region, sum_net_amount from ${relation}`),
    await rows(`from (${BY_REGION})`),
  ];
}

describe('a mart that a dbt model nearly is', () => {
  let project: LakeProject;
  let world: SmallWorld;
  let branch = '';
  beforeAll(async () => {
    project = lakeProject([LINES], { 'models/marts/schema.yml': DESCRIBED });
    world = await askedFor(project, [
      'create table gold.region_lines (region text, row_count bigint)',
    ]);
    branch = branchOf(project);
  });
  afterAll(async () => {
    await world.close();
    project.remove();
  });

  it('is asked for as a column of the model, and not as a mart beside it', async () => {
    const [asked, ...others] = await proposalsOf(world);

    expect(others).toEqual([]);
    expect(asked).toMatchObject({
      kind: 'edit',
      state: 'open',
      title: 'Add sum_net_amount to dbt model region_lines, instead of a mart beside it',
      because: expect.stringMatching(
        /^24 runs by 3 readers .* dbt model region_lines, which lacks only/,
      ),
    });
    expect(
      await world.rows("select * from duckdb_views() where schema_name = 'gold'"),
    ).toHaveLength(3);
  });

  it('stands on a branch: the column in its select lists and in its description, every other line as it was', () => {
    const diff = (path: string) =>
      project.remote
        .git('diff', '--unified=0', 'main', branch, '--', `transform/models/marts/${path}`)
        .split('\n')
        .filter((line) => /^[-+] /.test(line));

    expect(project.remote.git('diff', '--name-only', 'main', branch).split('\n')).toHaveLength(2);
    expect(diff('region_lines.sql')).toEqual([
      '-        product_id   -- what was sold',
      '+        product_id,   -- what was sold',
      '+        net_amount',
      '-    count(*) as row_count',
      '+    count(*) as row_count,',
      '+    sum(lines.net_amount) as sum_net_amount',
    ]);
    expect(diff('schema.yml')).toEqual([
      '+      - name: sum_net_amount',
      '+        description: sum of net_amount of silver.order_lines',
      '+        data_type: decimal(38,2)',
    ]);
  });

  it('merged, is not asked again while the checkout is behind, and the mart waits for it', async () => {
    merge(project, branch);

    expect(stepsOf(await day(world, 2))).toEqual([]);
    project.pull('models/marts/region_lines.sql', 'models/marts/schema.yml');
    expect(stepsOf(await day(world, 3))).toEqual([]);

    expect((await proposalsOf(world)).map(({ state }) => state)).toEqual(['applied']);
  });

  it('compiled, has readers told of it; after their no the mart itself is asked for', async () => {
    const sql = `${project.remote.file('main', 'transform/models/marts/region_lines.sql')}\n`;
    project.compile([{ ...LINES, sql }]);
    await day(world, 4);
    const [told] = (await proposalsOf(world)).filter(({ state }) => state === 'open');
    await world.goldsmith.decline(told?.id ?? '', { by: 'cli:ana', reason: 'not-worth-it' });
    await day(world, 5);

    expect(told).toMatchObject({
      kind: 'edit',
      title: 'Read gold.region_lines: it has what a new mart would hold',
    });
    expect((await proposalsOf(world)).filter(({ state }) => state === 'open')).toMatchObject([
      { kind: 'build', relation: 'gold.order_lines_by_region' },
    ]);
  });

  it.skipIf(WITH_DBT === undefined)(
    'builds green with the real dbt',
    { timeout: 300_000 },
    async () => {
      const [made, asked] = await builtBy(project, { world, relation: 'gold.region_lines' });

      expect(made).toBe(asked);
    },
  );
});

describe('a mart no dbt model is near', () => {
  let project: LakeProject;
  let world: SmallWorld;
  let branch = '';
  beforeAll(async () => {
    project = lakeProject([BIG_STORES]);
    world = await askedFor(project, [
      'create table gold.big_stores as select store_id, region from silver.stores',
    ]);
    branch = branchOf(project);
  });
  afterAll(async () => {
    await world.close();
    project.remove();
  });

  it('is asked for as a new model beside its neighbours, in their manner', async () => {
    const [asked, ...others] = await proposalsOf(world);
    const file = (path: string) => project.remote.file(branch, path);

    expect(others).toEqual([]);
    expect(asked).toMatchObject({ kind: 'edit', title: 'Add dbt model order_lines_by_region' });
    expect(project.remote.git('diff', '--name-only', 'main', branch).split('\n')).toEqual([
      'contracts/gold/order_lines_by_region.odcs.yaml',
      'transform/models/marts/order_lines_by_region.sql',
      'transform/models/marts/order_lines_by_region.yml',
    ]);
    expect(file('transform/models/marts/order_lines_by_region.sql')).toBe(NEW_MODEL);
    expect(file('transform/models/marts/order_lines_by_region.yml')).toBe(NEW_DESCRIPTION);
    expect(problemsOf(file('contracts/gold/order_lines_by_region.odcs.yaml'))).toEqual([]);
  });

  it("merged, is dbt's to make: Goldsmith makes nothing of that name", async () => {
    merge(project, branch);

    expect(stepsOf(await day(world, 2))).toEqual([]);
    expect((await proposalsOf(world)).map(({ state }) => state)).toEqual(['applied']);
  });

  it.skipIf(WITH_DBT === undefined)(
    'builds green with the real dbt',
    { timeout: 300_000 },
    async () => {
      const [made, asked] = await builtBy(project, {
        world,
        relation: 'gold.order_lines_by_region',
      });

      expect(made).toBe(asked);
    },
  );
});

const NEW_MODEL = `{{ config(materialized="table") }}

select stores.region,
  sum(order_lines.net_amount) as sum_net_amount,
  count(*) as row_count
from {{ source("silver", "order_lines") }} as order_lines
join {{ source("silver", "orders") }} as orders on order_lines.order_id = orders.order_id
join {{ source("silver", "products") }} as products on order_lines.product_id = products.product_id
join {{ source("silver", "stores") }} as stores on orders.store_id = stores.store_id
group by stores.region`;

const NEW_DESCRIPTION = `version: 2
models:
  - name: order_lines_by_region
    description: Made from silver.order_lines, silver.orders, silver.products, silver.stores.
    config:
      contract:
        enforced: true
    columns:
      - name: region
        description: region of silver.stores
        data_type: varchar
        data_tests:
          - unique
      - name: sum_net_amount
        description: sum of net_amount of silver.order_lines
        data_type: decimal(38,2)
      - name: row_count
        description: number of rows
        data_type: bigint
        data_tests:
          - not_null`;
