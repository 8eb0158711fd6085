import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/base/clock.ts';
import type { Decision } from '../../src/propose/channel.ts';
import { hearDecision } from '../../src/propose/hear-decision.ts';
import type { Proposal } from '../../src/propose/proposal.ts';
import { aProposal, MONDAY, SETTINGS } from './a-proposal.ts';

function hear(
  proposal: Proposal,
  decision: Partial<Decision>,
  settings: typeof SETTINGS = SETTINGS,
) {
  return hearDecision(proposal, {
    decision: {
      proposal: proposal.id,
      move: 'approve',
      by: 'slack:U1',
      at: MONDAY + 1,
      token: 't',
      ...decision,
    },
    settings,
    now: MONDAY + DAY_MS,
  });
}

describe('what somebody says of a proposal', () => {
  it('approves it when he is listed, and it must be applied within a week', () => {
    expect(hear(aProposal(), {})).toMatchObject({
      kind: 'moved',
      proposal: { state: 'approved', expiresAt: MONDAY + 1 + SETTINGS.approvedFor },
      says: 'Build gold.daily_sales: approved',
    });
  });

  it('does not count when he is not listed for that kind', () => {
    expect(hear(aProposal({ kind: 'drop' }), {})).toEqual({
      kind: 'ignored',
      because: 'slack:U1 is not listed in propose.approvals.drop, so this does not count',
    });
    expect(hear(aProposal(), { move: 'decline', by: 'slack:U9' }).kind).toBe('ignored');
  });

  it('counts as a no from whoever may close the pull request', () => {
    expect(hear(aProposal(), { move: 'decline', by: 'github:octocat' })).toMatchObject({
      proposal: { state: 'declined' },
    });
  });

  it('does not count for another meaning than he saw', () => {
    expect(hear(aProposal(), { meaning: 'a former one' })).toEqual({
      kind: 'ignored',
      because: 'Build gold.daily_sales was reworded since slack:U1 saw it: look at it again',
    });
  });

  it('needs as many different people as are asked for', () => {
    const settings = { ...SETTINGS, needed: { ...SETTINGS.needed, build: 2 } };

    const first = hear(aProposal(), {}, settings);
    expect(first).toMatchObject({
      proposal: { state: 'open' },
      says: 'Build gold.daily_sales: agreed to by 1 of 2 people',
    });
    const one = first.kind === 'moved' ? first.proposal : aProposal();

    expect(hear(one, {}, settings)).toEqual({
      kind: 'ignored',
      because: 'slack:U1 said yes to it already',
    });
    // One is enough once the settings say so: his yes is not lost on him.
    expect(hear(one, {})).toMatchObject({ proposal: { state: 'approved' } });
    expect(hear(one, { by: 'slack:U2' }, settings)).toMatchObject({
      proposal: { state: 'approved' },
    });
  });

  it('finds it done when another was faster', () => {
    const answer = hear(aProposal(), {});
    const approved = answer.kind === 'moved' ? answer.proposal : aProposal();

    expect(hear(approved, { by: 'slack:U2' })).toEqual({
      kind: 'ignored',
      because: 'slack:U1 approved it already',
    });
  });

  it('comes too late after it expired, and in time when it was said before and heard later', () => {
    const short = aProposal({ expiresAt: MONDAY + 10 });

    expect(hear(short, { at: MONDAY + 10 })).toEqual({
      kind: 'ignored',
      because: 'it expired on 2026-08-03',
    });
    expect(hear(short, { at: MONDAY + 9 })).toMatchObject({ proposal: { state: 'approved' } });
  });

  it('snoozes it for the days he says, and it does not expire meanwhile', () => {
    const until = MONDAY + 1 + 10 * DAY_MS;

    expect(hear(aProposal(), { move: 'snooze', days: 10 })).toMatchObject({
      proposal: { state: 'open', snoozedUntil: until, expiresAt: until + SETTINGS.openFor },
      says: 'Build gold.daily_sales: snoozed until 2026-08-13',
    });
  });

  it('takes back only what was applied', () => {
    expect(hear(aProposal({}, 'applied'), { move: 'undo' })).toMatchObject({
      proposal: { state: 'undone' },
    });
    expect(hear(aProposal(), { move: 'undo' }).kind).toBe('ignored');
  });
});
