import { afterEach, describe, expect, it } from 'vitest';
import type { SmallWorld } from '../small-world.ts';
import { askedWorld, onlyProposal } from './asked-world.ts';

const ANA = { by: 'cli:ana' };
const VERSIONS =
  "select table_name from duckdb_tables() where table_name like 'daily_sales\\_\\_v%' escape '\\'";

/** Applying a whole plan is a yes to all of it: the same people may. */
describe('goldsmith apply in mode propose', () => {
  let world: SmallWorld;
  afterEach(() => world.close());

  it('does nothing for who is not listed, says so for each step, and all of it for who is', async () => {
    world = await askedWorld({ settings: { propose: { approvals: { build: ['cli:ana'] } } } });
    await world.goldsmith.plan();

    const report = await world.goldsmith.apply(undefined, { by: 'cli:ben' });

    expect(report.ok).toBe(false);
    expect(
      report.steps.map(({ verb, outcome, detail }) => `${outcome} ${verb}: ${detail}`),
    ).toEqual(
      ['adopt-view', 'build-version', 'repoint-view'].map(
        (verb) => `refused ${verb}: cli:ben is not listed in propose.approvals.build`,
      ),
    );
    expect(report.text).toContain('nothing of the plan was done: `goldsmith proposals` lists');
    expect(await world.rows(VERSIONS)).toEqual([]);
    expect((await onlyProposal(world)).state).toBe('open');

    await expect(world.goldsmith.apply(undefined, ANA)).resolves.toMatchObject({ ok: true });
    expect(await world.rows(VERSIONS)).toEqual(['["daily_sales__v1"]']);
  });

  it('is one yes where two are needed', async () => {
    world = await askedWorld({ settings: { propose: { needed: { build: 2 } } } });
    await world.goldsmith.plan();

    const report = await world.goldsmith.apply(undefined, ANA);

    expect(report.text).toContain('2 people have to say yes (propose.needed.build)');
    expect(await world.rows(VERSIONS)).toEqual([]);
  });
});
