import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/base/clock.ts';
import type { ProposalView } from '../../../src/http/service.ts';
import { dbtCommand, WITH_DBT } from '../../propose/dbt/dbt-command.ts';
import {
  type PostgresCluster,
  postgresBinaries,
  startPostgres,
} from '../../servers/postgres-cluster.ts';
import { identities } from '../../servers/postgres-identities.ts';
import { PostgresWorld } from '../postgres-world.ts';
import { FIRST_DAY } from '../small-world.ts';
import { type LakeModel, type LakeProject, lakeProject } from './lake-project.ts';

const BY_REGION = `select s.region, sum(l.net_amount) as revenue from silver.order_lines l
join silver.orders o on o.order_id = l.order_id join silver.stores s on s.store_id = o.store_id group by s.region`;

const SILVER = ['order_lines', 'orders', 'stores'];

const LINES: LakeModel = {
  name: 'region_lines',
  dependsOn: SILVER.map((name) => `silver.${name}`),
  described: ['region', 'row_count'],
  sql: `select
    stores.region
  , count(*) as row_count
from {{ source('silver', 'order_lines') }} as order_lines
join {{ source('silver', 'orders') }} as orders using (order_id)
join {{ source('silver', 'stores') }} as stores on orders.store_id = stores.store_id
group by 1
`,
};

const DESCRIBED = `models:
- name: region_lines
  config: {contract: {enforced: true}}
  columns:
  - {name: region, data_type: varchar(20)}
  - name: row_count
    data_type: bigint
`;

/** The story of the first in `new-marts`, in short, beside PostgreSQL. */
describe.skipIf(postgresBinaries === undefined)('a dbt model beside PostgreSQL', () => {
  let cluster: PostgresCluster;
  let world: PostgresWorld;
  let project: LakeProject;
  let branch = '';
  let database = '';

  beforeAll(async () => {
    cluster = await startPostgres();
    await identities(cluster);
    world = await PostgresWorld.open(cluster);
    const [row] = await world.people('select current_database() as name');
    database = String(row?.['name']);
    await world.people('create table gold.region_lines (region varchar(20), row_count bigint)');
    const lake = { adapter: 'postgres', database, silver: SILVER } as const;
    project = lakeProject([LINES], { 'models/marts/schema.yml': DESCRIBED }, lake);
    await world.start({
      mode: 'propose',
      marts: { maxStaleness: '26h', adoptable: [] },
      dbt: { project: project.checkout, path: 'transform' },
      propose: { git: { remote: project.remote.url, branch: 'main' } },
    });
    for (const day of [0, 1]) {
      const nine = FIRST_DAY + day * DAY_MS + 9 * HOUR_MS;
      world.clock.turnTo(nine);
      await world.goldsmith.route({ sql: BY_REGION, user: 'ana', client: 'metabase' });
      for (let turn = 0; turn < 12; turn += 1) {
        const user = turn % 2 === 0 ? 'ana' : 'ben';
        world.record({ text: BY_REGION, at: nine + turn * HOUR_MS, user, cpuMs: 30_000 });
      }
      await world.cycle(day + 1);
    }
    branch = project.remote.branches().find((name) => name.startsWith('goldsmith/')) ?? '';
  });
  afterAll(async () => {
    await world.close();
    await cluster.stop();
    project.remove();
  });

  it('gets the column that a mart would have beside it, with its type', async () => {
    const { value } = await world.goldsmith.proposals();
    const file = (name: string) =>
      `${project.remote.file(branch, `transform/models/marts/${name}`)}\n`;

    expect((value as readonly ProposalView[]).map(({ title }) => title)).toEqual([
      'Add sum_net_amount to dbt model region_lines, instead of a mart beside it',
    ]);
    expect(file('region_lines.sql')).toBe(
      LINES.sql.replace(
        'as row_count\n',
        'as row_count\n  , sum(order_lines.net_amount) as sum_net_amount\n',
      ),
    );
    expect(file('schema.yml')).toBe(
      `${DESCRIBED}  - name: sum_net_amount\n    data_type: numeric\n`,
    );
  });

  it.skipIf(WITH_DBT === undefined)(
    'builds green with the real dbt',
    { timeout: 300_000 },
    async () => {
      const folder = join(project.remote.folder, 'checkout');
      project.remote.git('worktree', 'add', '--quiet', folder, branch);
      const { host, port, superuser, password } = cluster;
      const dbt = await dbtCommand({
        LAKE_HOST: host,
        LAKE_PORT: String(port),
        LAKE_DB: database,
        LAKE_USER: superuser,
        LAKE_PASSWORD: password,
      });
      const told = await dbt.run(join(folder, 'transform'), 'build');
      const made = await cluster.sql(
        'select region, sum_net_amount as revenue from gold.region_lines order by 1',
        database,
      );

      expect(told).toContain('ERROR=0');
      expect(made).toEqual(await cluster.sql(`${BY_REGION} order by 1`, database));
    },
  );
});
