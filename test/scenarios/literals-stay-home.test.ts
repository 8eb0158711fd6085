import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/base/clock.ts';
import { BY_REGION, FIRST_DAY, SmallWorld, STAR, stepsOf } from './small-world.ts';

/** A text, a number and a date nobody else ever writes, new for each execution. */
function secrets(nth: number): {
  readonly text: string;
  readonly number: string;
  readonly date: string;
} {
  return {
    text: `Zyxwolf${nth}Quark`,
    number: `7741${String(nth).padStart(4, '0')}93`,
    date: `${2200 + nth}-03-17`,
  };
}

const PLANTED = 96;

describe('literals of people’s statements', () => {
  let world: SmallWorld;
  let slack: Server;
  const bodies: string[] = [];
  let recordings = '';
  let texts = '';

  beforeAll(async () => {
    slack = createServer((request, response) => {
      request.on('data', (chunk) => bodies.push(String(chunk)));
      request.on('end', () => response.end('ok'));
    });
    await new Promise<void>((resolve) => slack.listen(0, '127.0.0.1', resolve));
    const { port } = slack.address() as AddressInfo;
    world = await SmallWorld.open({
      baseCpuMs: 30_000,
      settings: {
        notify: { slackWebhookUrl: `http://127.0.0.1:${port}/services/T/B/hook` },
        savings: { holdOutShare: 0.1 },
      },
    });
    await world.start();
    let nth = 0;
    for (const day of [0, 1, 2, 3]) {
      await plantDay(day, () => secrets((nth += 1)));
      const cycle = await world.cycle(day + 1);
      recordings += world.goldsmith.recording() ?? '';
      texts += JSON.stringify([stepsOf(cycle), cycle.ingest, cycle.applied], plain);
    }
    const { goldsmith } = world;
    texts += JSON.stringify(
      [
        await goldsmith.explain(undefined),
        await goldsmith.graph('json'),
        await goldsmith.graph('dot'),
        await goldsmith.graph('text'),
        await goldsmith.receipts(),
        await goldsmith.plan(),
        await goldsmith.once(),
        await goldsmith.doctor(),
        await goldsmith.status(),
      ],
      plain,
    );
    expect(nth).toBe(PLANTED);
  });
  afterAll(async () => {
    slack.close();
    await world.close();
  });

  /** Two dozen statements with three secrets each: routed, by name, failing, unparsable, in comments, changing data. */
  async function plantDay(day: number, next: () => ReturnType<typeof secrets>): Promise<void> {
    const at = FIRST_DAY + day * DAY_MS + 9 * HOUR_MS;
    const told = (turn: number) => ({
      at: at + turn * 600_000,
      user: turn % 2 === 0 ? 'ana' : 'ben',
    });
    for (let turn = 0; turn < 10; turn += 1) {
      const s = next();
      await world.ask(
        `/* for ${s.text} */ select s.region, sum(l.net_amount) as revenue ${STAR} where p.category <> '${s.text}' and l.quantity < ${s.number} and o.order_date < date '${s.date}' group by s.region -- ${s.number}`,
        told(turn),
      );
    }
    for (let turn = 0; turn < 8; turn += 1) {
      const s = next();
      world.record({
        text: `select region, sum(revenue) as revenue from gold.daily_sales where order_date < '${s.date}' and category not in ('${s.text}', 'x') and units < ${s.number} group by region /* ${s.text} */`,
        ...told(turn),
        client: 'metabase',
      });
    }
    const [a, b, c, d, e, f] = [next(), next(), next(), next(), next(), next()] as const;
    world.record({
      text: `select nonsense('${a.text}') from silver.orders where order_id = ${a.number} and ordered_at > timestamp '${a.date} 01:02:03'`,
      ...told(6),
      status: 'failed',
    });
    world.record({ text: `select (((' ${b.text} from ${b.number} where '${b.date}`, ...told(7) });
    world.record({
      text: `copy (select '${c.text}', ${c.number}, date '${c.date}') to 'nowhere.csv'`,
      ...told(8),
    });
    world.record({
      text: `delete from silver.products where product_name = '${d.text}' and product_id = ${d.number} or brand = '${d.date}'`,
      ...told(9),
    });
    world.record({
      text: `select case when quantity = ${e.number} then '${e.text}' else '${e.date}' end as pick, count(*) from silver.order_lines group by all`,
      ...told(10),
    });
    appendFileSync(
      world.historyPath,
      `{"id": "torn ${f.text}", "text": "select ${f.number}", "endedAt": "${f.date}\n`,
    );
    await world.goldsmith.route({
      sql: `select (' ${f.text} ${f.number} ${f.date}`,
      client: 'notebook',
    });
    await world.goldsmith.route({
      sql: `${BY_REGION} having sum(l.net_amount) < ${f.number}`,
      client: 'notebook',
    });
  }

  function plain(_key: string, value: unknown): unknown {
    return typeof value === 'bigint' ? value.toString() : value;
  }

  function expectNone(where: string): void {
    expect(where.length).toBeGreaterThan(100);
    const found = Array.from({ length: PLANTED }, (_, nth) => secrets(nth + 1)).flatMap((planted) =>
      Object.values(planted).filter((value) => where.includes(value)),
    );
    expect(found).toEqual([]);
  }

  it('were really served: marts stand, and statements with literals ran on them', async () => {
    const receipts = await world.goldsmith.receipts();

    expect(receipts.receipts.some(({ martRuns }) => martRuns > 0)).toBe(true);
    expect(bodies.length).toBeGreaterThan(0);
  });

  it('are in no byte of the state file', () => {
    for (const end of ['', '-wal', '-shm', '-journal']) {
      const path = `${world.statePath}${end}`;
      if (existsSync(path) && readFileSync(path).length > 100) {
        expectNone(readFileSync(path, 'latin1'));
      }
    }
  });

  it('are in no log line, at debug', () => expectNone(world.logLines.join('')));

  it('are in no recorded cycle', () => expectNone(recordings));

  it('are in no answer of explain, graph, plan, once, receipts, doctor', () => expectNone(texts));

  it('are in no metric', async () => expectNone(await world.goldsmith.metrics.text()));

  it('are in no Slack message', () => expectNone(bodies.join('')));

  it('are in no table of the ledger and no view of ours', async () => {
    const tables = await world.rows(
      "select schema_name || '.' || table_name from duckdb_tables() where schema_name = 'goldsmith'",
    );
    let all = (await world.rows('select sql, comment from duckdb_views() where not internal')).join(
      '',
    );
    for (const row of tables) {
      const [table = ''] = JSON.parse(row) as string[];
      all += (await world.rows(`from ${table}`)).join('');
    }
    expect(tables.length).toBeGreaterThan(0);
    expectNone(all);
  });
});
