import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DAY_MS, HOUR_MS } from '../../../src/base/clock.ts';
import { runEventSpec } from '../../notify/open-lineage/open-lineage-spec.ts';
import {
  type PostgresCluster,
  postgresBinaries,
  startPostgres,
} from '../../servers/postgres-cluster.ts';
import { identities } from '../../servers/postgres-identities.ts';
import { PostgresWorld } from '../postgres-world.ts';
import { FIRST_DAY } from '../small-world.ts';

const FROM = 'from silver.order_lines l join silver.orders o on o.order_id = l.order_id';
const ALL = `select o.order_date, sum(l.net_amount) as revenue ${FROM} group by o.order_date`;
const MANY = `select o.order_date, sum(case when l.quantity > 1 then l.net_amount end) as revenue ${FROM} group by o.order_date`;

describe.skipIf(postgresBinaries === undefined)('words and lineage beside PostgreSQL', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'goldsmith-pg-lineage-')), 'events.ndjson');
  let cluster: PostgresCluster;
  let world: PostgresWorld;

  beforeAll(async () => {
    cluster = await startPostgres();
    await identities(cluster);
    world = await PostgresWorld.open(cluster);
    await world.start({ notify: { openLineage: { file } } });
    const gold = 'select region, sum(revenue) as revenue from gold.daily_sales group by region';
    const ran = [gold, ALL, MANY].flatMap((text) => ['ana', 'ben'].map((user) => ({ text, user })));
    for (const day of [0, 1]) {
      for (const [at, statement] of [...ran, ...ran, ...ran].entries()) {
        world.record({
          at: FIRST_DAY + day * DAY_MS + 8 * HOUR_MS + at * 60_000,
          ...statement,
          cpuMs: 60,
        });
      }
      await world.cycle(day + 1);
    }
  });
  afterAll(async () => {
    await world.close();
    await cluster.stop();
  });

  it('are one for the view and the statements that add up the same, and two where they differ', async () => {
    const { text, value } = await world.goldsmith.words('revenue');

    expect(text).toMatch(/^revenue: 2 definitions, 36 runs by 2 readers\n/);
    expect(text).toContain('defined in gold.daily_sales, gold.total_sales');
    expect(text).toMatch(/^ {2}[0-9a-f]{8} {2}sum\(order_lines\.net_amount\)$/m);
    expect(text).not.toContain('sum(sum(');
    const [totals] = await world.rows(
      'select sum(net_amount)::text as a, (sum(net_amount) filter (where quantity > 1))::text as b from silver.order_lines',
    );
    const told = z
      .object({ comparison: z.object({ totals: z.array(z.object({ total: z.string() })) }) })
      .parse(value).comparison.totals;
    const [a, b] = told.map(({ total }) => total);
    expect(JSON.stringify({ a, b })).toBe(totals);
    expect(text).toMatch(/by orders\.order_date: \d+ of 30 groups differ/);
  });

  it('give rows that PostgreSQL takes, with the same total', async () => {
    const { value } = await world.goldsmith.words('revenue');
    const [definition] = z
      .object({ definitions: z.array(z.object({ id: z.string() })) })
      .parse(value).definitions;
    const chosen = await world.goldsmith.chooseWord({
      word: 'revenue',
      definition: definition?.id ?? '',
      by: 'cli:ana',
    });

    const [rows] = z
      .object({ files: z.array(z.object({ text: z.string() })) })
      .parse(chosen.value).files;
    const sql = (rows?.text ?? '').split('\n').slice(3).join('\n');
    expect(await world.rows(`select sum(revenue_input)::text from (${sql}) as r`)).toEqual(
      await world.rows('select sum(net_amount)::text from silver.order_lines'),
    );
  });

  it('tell OpenLineage what was published, under the names of the server', () => {
    const events = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => runEventSpec.parse(JSON.parse(line)));

    const last = events.at(-1);
    expect(last).toMatchObject({
      eventType: 'COMPLETE',
      job: { name: expect.stringMatching(/^gold\.\w+\.publish$/) },
    });
    expect(last?.inputs.map(({ name }) => name.replace(/^\w+\./, ''))).toContain(
      'silver.order_lines',
    );
    expect(last?.outputs[0]?.namespace).toMatch(/^postgres:\/\/.+:\d+$/);
  });
});
