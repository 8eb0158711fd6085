import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAILY_SALES, type SmallWorld, stepsOf } from '../../small-world.ts';
import { askedWorld, onlyProposal, proposalsOf } from '../asked-world.ts';

const ANA = { by: 'cli:ana' };

/** One story, told in order. */
describe('a proposal', () => {
  let world: SmallWorld;
  beforeAll(async () => {
    world = await askedWorld();
  });
  afterAll(() => world.close());

  it('says what, why, for how much, who reads it, what is proved and how to take it back', async () => {
    const proposal = await onlyProposal(world);

    expect(proposal).toMatchObject({
      kind: 'build',
      state: 'open',
      title: 'Take over and build gold.daily_sales',
      undo: '`goldsmith undo` or `goldsmith rollback gold.daily_sales`: readers are answered from the definition again',
    });
    expect(proposal.because).toMatch(/^80 runs by 2 readers in 14 days would net \$/);
    expect(proposal.money.netPerDay).toBeGreaterThan(0);
    expect(proposal.money.interval?.[0]).toBeLessThanOrEqual(proposal.money.netPerDay ?? 0);
    expect(proposal.money.arithmetic.join()).toMatch(/runs a day.*saves \$.*building costs \$/);
    expect(proposal.evidence).toHaveLength(2);
    expect(proposal.evidence[0]).toMatch(/runs a day, \$.* a day, 1 reader$/);
    expect(proposal.readers.join()).toContain('emea');
    expect(proposal.risks[0]).toMatch(/^high: a view somebody else wrote changes hands/);
    expect(proposal.proofs.join()).toContain('compared as multisets');
    expect(proposal.sql.join('\n')).toContain('daily_sales__v1');
    const { text } = await world.goldsmith.proposal(proposal.id.slice(0, 4));
    expect(text).toContain('proofs');
    expect((await world.goldsmith.explain('gold.daily_sales')).text).toContain(
      `proposal  ${proposal.id}, open: Take over and build gold.daily_sales; 2026-08-05 03:00 UTC  open by goldsmith`,
    );
  });

  it('that nobody who is listed approved is not carried out', async () => {
    const { id } = await onlyProposal(world);

    const answer = await world.goldsmith.approve(id, { by: 'slack:U9' });

    expect(answer).toMatchObject({
      ok: false,
      state: 'open',
      said: 'slack:U9 is not listed in propose.approvals.build, so this does not count',
    });
    expect(stepsOf(await world.goldsmith.cycle())).toEqual([]);
  });

  it('is carried out when somebody says yes, and refreshed later without asking', async () => {
    const before = await world.rows(DAILY_SALES);
    const { id } = await onlyProposal(world);

    const answer = await world.goldsmith.approve(id, ANA);

    expect(answer).toMatchObject({ ok: true, state: 'applied' });
    expect(await world.goldsmith.metrics.text()).toMatch(
      /goldsmith_proposals\{state="applied"\} 1/,
    );
    expect(answer.applied?.steps.map(({ verb, outcome }) => `${verb} ${outcome}`)).toEqual([
      'adopt-view done',
      'build-version done',
      'repoint-view done',
    ]);
    expect(await world.rows(DAILY_SALES)).toEqual(before);
    const [plan] = await world.rows(`explain ${DAILY_SALES}`);
    expect(plan).not.toContain('order_lines');

    world.dashboards(2, 2);
    expect(stepsOf(await world.cycle(3))).toEqual(['repoint-view gold.daily_sales: done']);
    await world.run('insert into silver.order_lines select * from silver.order_lines limit 1');
    world.dashboards(3, 2);
    expect(stepsOf(await world.cycle(4))).toEqual([
      'build-version gold.daily_sales: done',
      'repoint-view gold.daily_sales: done',
    ]);
    expect(await proposalsOf(world)).toHaveLength(1);
  });

  it('that was applied is taken back by a word, and not asked again', async () => {
    const { id } = await onlyProposal(world);

    const answer = await world.goldsmith.undo(id, ANA);

    expect(answer).toMatchObject({ ok: true, state: 'undone' });
    const [plan] = await world.rows(`explain ${DAILY_SALES}`);
    expect(plan).toContain('order_lines');
    world.dashboards(4);
    await world.cycle(5);
    expect((await proposalsOf(world)).map(({ state }) => state)).toEqual(['undone']);
    expect((await world.goldsmith.explain('gold.daily_sales')).text).toContain('was declined');
  });
});
