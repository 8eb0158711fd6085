import { describe, expect, it } from 'vitest';
import { agreedBy, GOLDSMITH, moveProposal } from '../../src/propose/move.ts';
import type { Move, ProposalState } from '../../src/propose/proposal.ts';
import { aProposal, MONDAY } from './a-proposal.ts';

const STATES: readonly ProposalState[] = [
  'drafted',
  'open',
  'approved',
  'applied',
  'declined',
  'expired',
  'overtaken',
  'undone',
];
const MOVES: readonly Move['to'][] = [...STATES, 'snoozed', 'reworded', 'agreed'];

function by(to: Move['to']): string {
  return ['open', 'applied', 'reworded', 'expired', 'overtaken'].includes(to)
    ? GOLDSMITH
    : 'cli:ana';
}

describe('the moves of a proposal', () => {
  it('are a closed table: all else is refused', () => {
    const legal = STATES.map((state) => [
      state,
      MOVES.filter(
        (to) => moveProposal(aProposal({}, state), { to, by: by(to), at: MONDAY }).kind === 'moved',
      ).join(' '),
    ]);

    expect(Object.fromEntries(legal)).toEqual({
      drafted: 'open approved applied declined expired overtaken snoozed reworded agreed',
      open: 'approved applied declined expired overtaken snoozed reworded agreed',
      approved: 'applied declined expired overtaken reworded',
      applied: 'undone',
      declined: '',
      expired: '',
      overtaken: '',
      undone: '',
    });
  });

  it('are noted with who, when and why, and never change the proposal they start from', () => {
    const open = aProposal();

    const answer = moveProposal(open, {
      to: 'declined',
      at: MONDAY + 1,
      by: 'slack:U1',
      reason: 'wrong-grain',
    });

    expect(answer).toMatchObject({ kind: 'moved', proposal: { state: 'declined' } });
    expect(answer.kind === 'moved' && answer.proposal.moves.at(-1)).toEqual({
      to: 'declined',
      at: MONDAY + 1,
      by: 'slack:U1',
      reason: 'wrong-grain',
    });
    expect(open.moves).toHaveLength(1);
  });

  it('say who ended it when somebody comes too late', () => {
    const declined = moveProposal(aProposal(), { to: 'declined', at: MONDAY, by: 'slack:U1' });
    const proposal = declined.kind === 'moved' ? declined.proposal : aProposal();

    expect(moveProposal(proposal, { to: 'approved', at: MONDAY, by: 'cli:ben' })).toEqual({
      kind: 'illegal',
      because: 'it was declined on 2026-08-03 by slack:U1, so it cannot be approved',
    });
    expect(
      moveProposal(aProposal({ state: 'open' }), { to: 'undone', at: MONDAY, by: 'cli:ben' }),
    ).toEqual({ kind: 'illegal', because: 'it is still open, so it cannot be undone' });
  });

  it('are refused to the wrong hand: nobody approves for people, nobody expires for Goldsmith', () => {
    expect(moveProposal(aProposal(), { to: 'approved', at: MONDAY, by: GOLDSMITH })).toEqual({
      kind: 'illegal',
      because: 'only a person can say that a proposal is approved',
    });
    expect(moveProposal(aProposal(), { to: 'expired', at: MONDAY, by: 'cli:ana' })).toEqual({
      kind: 'illegal',
      because: 'only Goldsmith itself can say that a proposal is expired, not cli:ana',
    });
  });

  it('make a yes void when the meaning changes', () => {
    const approved = aProposal(
      { moves: [{ to: 'approved', at: MONDAY, by: 'cli:ana' }] },
      'approved',
    );
    expect(agreedBy(approved)).toEqual(['cli:ana']);

    const answer = moveProposal(approved, { to: 'reworded', at: MONDAY, by: GOLDSMITH });

    expect(answer).toMatchObject({ kind: 'moved', proposal: { state: 'open' } });
    expect(answer.kind === 'moved' && agreedBy(answer.proposal)).toEqual([]);
  });
});
