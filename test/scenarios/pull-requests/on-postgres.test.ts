import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/base/clock.ts';
import { problemsOf } from '../../propose/contract/validate-contract.ts';
import { aGitRemote, type GitRemote } from '../../servers/git-remote.ts';
import {
  type PostgresCluster,
  postgresBinaries,
  startPostgres,
} from '../../servers/postgres-cluster.ts';
import { identities } from '../../servers/postgres-identities.ts';
import { PostgresWorld } from '../postgres-world.ts';
import { FIRST_DAY } from '../small-world.ts';

const BY_REGION = 'select region, sum(revenue) as revenue from gold.daily_sales group by region';
const BY_DAY = 'select order_date, sum(units) as units from gold.daily_sales group by order_date';

/** The story of `on-git`, in short, beside PostgreSQL. */
describe.skipIf(postgresBinaries === undefined)('a proposal as a branch, beside PostgreSQL', () => {
  let cluster: PostgresCluster;
  let world: PostgresWorld;
  let remote: GitRemote;
  let branch = '';

  function dashboards(day: number): void {
    for (let view = 0; view < 20; view += 1) {
      const at = FIRST_DAY + day * DAY_MS + (8 + view / 4) * HOUR_MS;
      world.record({ text: BY_REGION, at, user: 'emea' });
      world.record({ text: BY_DAY, at: at + 1000, user: 'apac' });
    }
  }

  beforeAll(async () => {
    remote = aGitRemote();
    cluster = await startPostgres();
    await identities(cluster);
    world = await PostgresWorld.open(cluster);
    await world.start({
      mode: 'propose',
      propose: {
        git: { remote: remote.url, branch: 'main' },
        approvals: { build: ['git:merge'] },
      },
    });
    dashboards(0);
    await world.cycle(1);
    dashboards(1);
    await world.cycle(2);
    branch = remote.branches().find((name) => name.startsWith('goldsmith/')) ?? '';
  });
  afterAll(async () => {
    await world.close();
    await cluster.stop();
    remote.remove();
  });

  it('says the view in the words of its owner, and its types as PostgreSQL does', () => {
    const sql = remote.file(branch, 'marts/gold/daily_sales.sql');
    const contract = remote.file(branch, 'contracts/gold/daily_sales.odcs.yaml');

    expect(sql).toContain('order_lines');
    expect(problemsOf(contract)).toEqual([]);
    expect(contract).toContain('physicalType: character varying(20)');
    expect(contract).toContain('logicalType: integer');
    expect(contract.match(/primaryKey: true/g)).toHaveLength(2);
  });
});
