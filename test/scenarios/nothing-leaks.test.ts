import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/base/clock.ts';
import { aGitRemote, type GitRemote } from '../servers/git-remote.ts';
import { type GithubServer, githubSettingsOf, startGithub } from '../servers/github.ts';
import { FakeSlack } from '../servers/slack.ts';
import { proposalsOf } from './proposals/asked-world.ts';
import { FIRST_DAY, SmallWorld, stepsOf } from './small-world.ts';

/** A text, a number and a date nobody else ever writes, new for each execution. */
const secrets = (nth: number) =>
  [`Wexqol${nth}Zandt`, `5519${String(nth).padStart(3, '0')}37`, `${2400 + nth}-06-23`] as const;

const FACTS = `select l.order_id, l.line_no, l.quantity, l.net_amount, p.brand
from silver.order_lines l left join silver.products p on p.product_id = l.product_id`;

/** Everywhere people are told of what happens, at once; and statements whose every execution says something else. */
describe('what people wrote into their statements', () => {
  let remote: GitRemote;
  let github: GithubServer;
  let slack: FakeSlack;
  let hook: Server;
  let world: SmallWorld;
  const hooked: string[] = [];
  const answers: string[] = [];
  const done: string[] = [];
  let nth = 0;

  beforeAll(async () => {
    remote = aGitRemote();
    github = await startGithub(remote, '2026-08-05T01:00:00Z');
    slack = await FakeSlack.start();
    hook = createServer((request, response) => {
      request.on('data', (chunk) => hooked.push(String(chunk)));
      request.on('end', () => response.end('ok'));
    });
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
    const { port } = hook.address() as AddressInfo;
    world = await SmallWorld.open({
      setup: [
        `create table gold.facts as ${FACTS}`,
        'create table gold.stage (region varchar, revenue decimal(18,2))',
      ],
      settings: {
        mode: 'propose',
        propose: {
          github: githubSettingsOf(github, remote),
          slack: slack.settings,
          files: { record: ['build', 'follow', 'drop'] },
          approvals: { build: ['cli:*'] },
        },
        notify: {
          slackWebhookUrl: `http://127.0.0.1:${port}/services/T/B/hook`,
          openLineage: { file: join(remote.folder, 'lineage.ndjson') },
        },
        prune: { enabled: true, watchFor: '1d', minimumReadDays: 1, announceFor: '1d' },
        dbt: { project: aDbtProject(remote.folder), path: 'transform' },
      },
    });
    await world.start();
    await live();
  });
  afterAll(async () => {
    hook.close();
    await world.close();
    await github.stop();
    await slack.stop();
    remote.remove();
  });

  async function live(): Promise<void> {
    const { goldsmith } = world;
    for (const day of [0, 1]) {
      plant(day);
      await world.cycle(day + 1);
    }
    for (const { id, kind } of await proposalsOf(world)) {
      if (kind === 'build') {
        const { text, applied } = await goldsmith.approve(id, { by: 'cli:ana' });
        answers.push(text);
        done.push(...(applied?.steps ?? []).map(({ verb, outcome }) => `${verb} ${outcome}`));
      }
    }
    await goldsmith.chooseWord({
      word: 'vip_revenue',
      definition: await plainest(),
      by: 'cli:ana',
    });
    plant(2);
    await world.run('alter table silver.stores rename column region to sales_region');
    answers.push(stepsOf(await world.cycle(3)).join('\n'));
    plant(3);
    await world.run('delete from silver.products');
    answers.push(stepsOf(await world.cycle(4)).join('\n'));
    plant(4);
    await world.cycle(5);
    const shown = (await proposalsOf(world)).map(({ id }) => goldsmith.proposal(id));
    for (const { text, value } of [
      await goldsmith.proposals(),
      ...(await Promise.all(shown)),
      await goldsmith.explain(undefined),
      await goldsmith.lineage('gold.stage', 'both'),
      await goldsmith.lineage('gold.daily_sales', 'both'),
      await goldsmith.words(undefined),
      await goldsmith.words('vip_revenue'),
      await goldsmith.drift(),
      await goldsmith.attributes('gold.facts'),
    ]) {
      answers.push(text, JSON.stringify(value, plain));
    }
    answers.push(await goldsmith.metrics.text());
    answers.push(goldsmith.recording() ?? '');
    for (const message of slack.messages) {
      const press = { user: 'U1', action: 'goldsmith.show-sql', now: world.clock.now() };
      await goldsmith.interact(slack.press(message, press)).done;
    }
  }

  /** The definition of a word that holds no value. */
  async function plainest(): Promise<string> {
    const { value } = await world.goldsmith.words('vip_revenue');
    const { definitions } = value as {
      readonly definitions: readonly { readonly id: string; readonly text: string }[];
    };
    return definitions.find(({ text }) => text === 'sum(order_lines.net_amount)')?.id ?? '';
  }

  /** A day of dashboards, and of statements that say something else each time: read, written, failing when they are run again. */
  function plant(day: number): void {
    world.dashboards(day);
    const at = FIRST_DAY + day * DAY_MS + 9 * HOUR_MS;
    for (let turn = 0; turn < 6; turn += 1) {
      const [text, number, date] = secrets((nth += 1));
      const by = { at: at + turn * 60_000, client: 'metabase', user: turn % 2 ? 'ben' : 'chi' };
      for (const sql of [
        `/* ${text} */ select region, sum(revenue) as revenue from gold.daily_sales where order_date < date '${date}' and category <> '${text}' and units < ${number} group by region -- ${number}`,
        `select region, sum(revenue) as revenue from gold.daily_sales where units > cast('${text}' as integer) group by region`,
        `select region, count(*) as n from gold.daily_sales where order_date > cast('${text} ${date}' as date) group by region`,
        `insert into gold.stage select s.region, sum(l.net_amount) from silver.order_lines l join silver.orders o on o.order_id = l.order_id join silver.stores s on s.store_id = o.store_id where s.region <> '${text}' and o.order_date < date '${date}' group by s.region`,
        `select sum(case when p.brand = '${text}' then l.net_amount end) as vip_revenue from silver.order_lines l join silver.products p on p.product_id = l.product_id`,
        `select o.order_date, sum(l.net_amount) as vip_revenue from silver.order_lines l join silver.orders o on o.order_id = l.order_id where l.quantity < ${number} group by o.order_date`,
        `select quantity, net_amount from gold.facts where order_id = ${number} or brand = '${text}'`,
        `alter table silver.stores rename column region to sales_region -- asked for by ${text}`,
      ]) {
        world.record({ ...by, text: sql });
      }
      world.record({ ...by, status: 'failed', text: `select broken('${text}', ${number}` });
    }
    appendFileSync(world.historyPath, `{"id": "torn", "text": "select '${secrets(nth)[0]}\n`);
  }

  function expectNone(where: string): void {
    expect(where.length).toBeGreaterThan(200);
    const found = Array.from({ length: nth }, (_, at) => secrets(at + 1))
      .flat()
      .filter((secret) => where.includes(secret));
    expect(found).toEqual([]);
  }

  it('was really lived through: built, followed or asked, told in every place', async () => {
    expect(done).toContain('repoint-view done');
    const kinds = new Set((await proposalsOf(world)).map(({ kind }) => kind));
    expect([...kinds].toSorted()).toEqual(['build', 'edit', 'follow']);
    const marts = (await proposalsOf(world)).filter(({ title }) =>
      /^(Take over|Publish|Build|Add dbt model) /.test(title),
    );
    expect(marts.length).toBeGreaterThan(2);
    expect(marts.filter(({ evidence, readers }) => !evidence.length || !readers.length)).toEqual(
      [],
    );
    expect(github.pulls.length).toBeGreaterThan(2);
    expect(slack.messages.length).toBeGreaterThan(2);
    expect(hooked.join('')).toContain('Incident on gold.daily_sales');
  });

  it('is in no branch, no commit and no pull request', () => {
    expectNone(remote.git('log', '--all', '--reflog', '--patch', '--format=%B%n%an%n%ae'));
    expectNone(JSON.stringify(github.pulls));
  });

  it('is in no message of Slack', () => {
    expectNone([...slack.bodies, ...slack.whispers].join('\n'));
    expectNone(hooked.join('\n'));
  });

  it('is in no event of OpenLineage', () =>
    expectNone(readFileSync(join(remote.folder, 'lineage.ndjson'), 'utf8')));

  it('is in no line of the log and no answer at the command line', () => {
    expectNone(world.logLines.join('\n'));
    expectNone(answers.join('\n'));
  });

  it('is in no file of the state, the clone or the dbt project', () => {
    const own = filesUnder(world.folder).filter(
      (path) => path !== world.historyPath && !path.startsWith(world.warehousePath),
    );
    expect(own.join()).toContain('goldsmith-github');
    for (const path of [...own, ...filesUnder(join(remote.folder, 'transform'))]) {
      const bytes = readFileSync(path, 'latin1');
      if (bytes.length > 200) {
        expectNone(bytes);
      }
    }
  });

  it('is in no row of the ledger and no comment in the warehouse', async () => {
    const tables = await world.rows(
      "select schema_name || '.' || table_name from duckdb_tables() where schema_name = 'goldsmith'",
    );
    const rows = [
      ...(await world.rows('select sql, comment from duckdb_views() where not internal')),
      ...(await world.rows("select comment from duckdb_tables() where schema_name <> 'silver'")),
    ];
    for (const row of tables) {
      const [table = ''] = JSON.parse(row) as string[];
      rows.push(...(await world.rows(`from ${table}`)));
    }
    expectNone(rows.join('\n'));
  });
});

function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** With one model, `gold.facts`, whose `line_no` nobody reads. */
function aDbtProject(folder: string): string {
  const project = join(folder, 'transform');
  for (const part of ['models', 'target']) {
    mkdirSync(join(project, part), { recursive: true });
  }
  const model = `{{ config(materialized='table') }}\n\n${FACTS}\n`;
  writeFileSync(join(project, 'models', 'facts.sql'), model);
  const name = 'facts';
  const manifest = {
    metadata: {
      project_name: 'shop',
      adapter_type: 'duckdb',
      generated_at: new Date(FIRST_DAY).toISOString(),
    },
    nodes: {
      'model.shop.facts': {
        unique_id: 'model.shop.facts',
        resource_type: 'model',
        name,
        package_name: 'shop',
        relation_name: '"lake"."gold"."facts"',
        original_file_path: 'models/facts.sql',
        raw_code: model,
        compiled_code: FACTS,
        columns: {},
      },
    },
    sources: Object.fromEntries(
      ['order_lines', 'orders', 'products', 'customers', 'stores'].map((table) => [
        `source.shop.silver.${table}`,
        {
          unique_id: `source.shop.silver.${table}`,
          source_name: 'silver',
          name: table,
          relation_name: `"lake"."silver"."${table}"`,
        },
      ]),
    ),
    exposures: {},
  };
  writeFileSync(join(project, 'target', 'manifest.json'), JSON.stringify(manifest));
  return project;
}
