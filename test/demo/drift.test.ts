import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changesIn, tellDrift } from '../../demo/drift.ts';
import { openTeam, type Team } from '../../demo/team.ts';
import { dashboardSql } from '../../demo/workload.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import { SmallWorld, stepsOf } from '../scenarios/small-world.ts';

describe('the demo’s drift', () => {
  let world: SmallWorld;
  let team: Team;
  beforeAll(async () => {
    world = await SmallWorld.open();
    team = await openTeam(world.folder);
    await world.start(
      world.configWith({
        notify: { slackWebhookUrl: team.webhook },
        propose: {
          approvals: { follow: ['git:merge'] },
          git: { remote: team.remote, branch: 'main' },
          files: { owner: 'retail analytics' },
        },
      }),
    );
  });
  afterAll(async () => {
    team.close();
    await world.close();
  });

  it('has the branch, the raised contract and the word in Slack in the cycle that sees it, and answers throughout', async () => {
    world.dashboards(0);
    await world.cycle(1);
    world.dashboards(1);
    const last = await world.cycle(2);
    expect(stepsOf(last)).toContain('repoint-view gold.daily_sales: done');
    const said: string[] = [];
    let night = 2;

    const story = await tellDrift({
      dialect: dialectOf('duckdb'),
      team,
      answer: (sql) => world.rows(sql),
      change: (sql) => world.rows(sql),
      last,
      changes: async () => changesIn(await world.goldsmith.drift()),
      dashboardSql: dashboardSql('2026-08-06'),
      say: (text) => said.push(text),
      nextNight() {
        night += 1;
        return world.cycle(night);
      },
    });

    expect(story).toMatchObject({
      contractBefore: '1.0.0',
      contractAfter: '1.0.1',
      answers: 12,
      answersKept: true,
      marts: [
        {
          relation: 'gold.daily_sales',
          reaction: 'kept its last version until the branch was merged, then rewritten',
        },
      ],
    });
    expect(story?.change).toContain('silver.order_lines.quantity is now called order_quantity');
    expect(story?.told.join('\n')).toContain('Schema change');
    expect(said.join('\n')).toContain('+  sum(l.order_quantity) AS units');
    const { marts } = await world.cycle(5);
    expect(marts[0]?.held).toBeUndefined();
    expect(marts[0]?.stage).toBe('physical');
  });
});
