import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/base/clock.ts';
import { problemsOf } from '../../propose/contract/validate-contract.ts';
import { aGitRemote, type GitRemote } from '../../servers/git-remote.ts';
import { askedWorld, onlyProposal } from '../proposals/asked-world.ts';
import { DAILY_SALES, FIRST_DAY, type SmallWorld, stepsOf } from '../small-world.ts';

const SQL = 'marts/gold/daily_sales.sql';
const CONTRACT = 'contracts/gold/daily_sales.odcs.yaml';

/** What somebody asked for once and nobody else ever will. */
const PLANTED = ['Zyxwolf Quark', '774100193', '2231-03-17'];

describe('a proposal as a branch', () => {
  let remote: GitRemote;
  let world: SmallWorld;
  let branch = '';
  beforeAll(async () => {
    remote = aGitRemote();
    world = await askedWorld({
      settings: {
        propose: {
          git: { remote: remote.url, branch: 'main' },
          approvals: { build: ['git:merge'] },
        },
      },
    });
    branch = remote.branches().find((name) => name.startsWith('goldsmith/')) ?? '';
  });
  afterAll(async () => {
    await world.close();
    remote.remove();
  });

  it('stands in the repository in the cycle that asks, with the statement and its contract', async () => {
    const { id } = await onlyProposal(world);

    expect(branch).toBe(`goldsmith/build/gold-daily_sales-${id.slice(0, 8)}`);
    expect(remote.git('diff', '--name-only', 'main', branch).split('\n')).toEqual([CONTRACT, SQL]);
    expect(remote.file(branch, SQL)).toMatch(/^-- goldsmith: gold\.daily_sales\n/);
    const contract = remote.file(branch, CONTRACT);
    expect(problemsOf(contract)).toEqual([]);
    expect(contract).toContain('version: 1.0.0');
    expect(contract.match(/primaryKey: true/g)).toHaveLength(3);
    expect(contract).toContain('value: 26\n    unit: h');
  });

  it('says what the terminal says', async () => {
    const { title, undo } = await onlyProposal(world);
    const message = remote.git('log', '-1', '--format=%B', branch);

    expect(message.split('\n')[0]).toBe(title);
    expect(message.replaceAll(/\s+/g, ' ')).toContain(undo);
  });

  it('is left as a person edited it, by cycles in which nothing changed but numbers', async () => {
    remote.person('fetch', '--quiet');
    remote.person('checkout', '--quiet', '-B', branch, `origin/${branch}`);
    remote.write('docs/daily_sales.md', 'What finance reads every morning.');
    remote.commit('Tell what it is for');
    const before = remote.git('rev-parse', branch);
    const at = FIRST_DAY + 2 * DAY_MS + 9 * HOUR_MS;
    world.dashboards(2);
    world.record({
      text: `select region from gold.daily_sales where region = '${PLANTED[0]}' and revenue > ${PLANTED[1]} and order_date < date '${PLANTED[2]}'`,
      at,
    });

    expect(stepsOf(await world.cycle(3))).toEqual([]);

    expect(remote.git('rev-parse', branch)).toBe(before);
    expect((await onlyProposal(world)).shown).toEqual([`git: branch ${branch}`]);
  });

  it('merged while the daemon is down is carried out when it is back, once', async () => {
    const answers = await world.rows(DAILY_SALES);
    await world.goldsmith.close();
    remote.person('checkout', '--quiet', 'main');
    remote.person('merge', '--quiet', '--no-ff', '--no-edit', `origin/${branch}`);
    remote.person('push', '--quiet', 'origin', 'main', `:${branch}`);

    await world.start();
    world.dashboards(3);
    const steps = stepsOf(await world.cycle(4));

    expect(steps).toEqual([
      'adopt-view gold.daily_sales: done',
      'build-version gold.daily_sales: done',
      'repoint-view gold.daily_sales: done',
    ]);
    expect((await onlyProposal(world)).state).toBe('applied');
    expect(await world.rows(DAILY_SALES)).toEqual(answers);
    world.dashboards(4, 2);
    expect(stepsOf(await world.cycle(5))).toEqual(['repoint-view gold.daily_sales: done']);
    expect(remote.branches()).toEqual(['main']);
  });

  it('leaves nothing of what single executions asked for in any branch, clone, log or state', () => {
    const everything = [
      remote.git('log', '--all', '--patch', '--format=%B%n%an%n%ae'),
      world.logLines.join('\n'),
      ...filesUnder(world.folder)
        .filter((path) => path !== world.historyPath && path !== world.warehousePath)
        .map((path) => readFileSync(path, 'latin1')),
    ].join('\n');

    expect(existsSync(join(world.folder, 'goldsmith-git'))).toBe(true);
    for (const planted of PLANTED) {
      expect(everything).not.toContain(planted);
    }
  });
});

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
