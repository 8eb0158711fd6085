import type { Move, Proposal, ProposalState } from './proposal.ts';

/** Who a move is by that no person made. */
export const GOLDSMITH = 'goldsmith';

export type Moved =
  | { readonly kind: 'moved'; readonly proposal: Proposal }
  /** Nothing changed; one sentence says why not. */
  | { readonly kind: 'illegal'; readonly because: string };

type To = Move['to'];

/** From every state, where it may go. What is not here never happens, whoever asks. */
const LEGAL: Readonly<Record<ProposalState, readonly To[]>> = {
  drafted: [
    'open',
    'agreed',
    'approved',
    'applied',
    'declined',
    'snoozed',
    'reworded',
    'expired',
    'overtaken',
  ],
  open: [
    'agreed',
    'approved',
    'applied',
    'declined',
    'snoozed',
    'reworded',
    'expired',
    'overtaken',
  ],
  approved: ['applied', 'declined', 'reworded', 'expired', 'overtaken'],
  applied: ['undone'],
  declined: [],
  expired: [],
  overtaken: [],
  undone: [],
};

const BY_GOLDSMITH: ReadonlySet<To> = new Set([
  'open',
  'applied',
  'reworded',
  'expired',
  'overtaken',
]);

/** States in which a proposal still asks something of people or of Goldsmith. */
export function isLive({ state }: Pick<Proposal, 'state'>): boolean {
  return state === 'drafted' || state === 'open' || state === 'approved';
}

/** Makes a legal move, noted with who and when; an illegal one is a value with its reason. */
export function moveProposal(
  proposal: Proposal,
  move: Move,
  changes: Partial<Omit<Proposal, 'id' | 'kind' | 'relation' | 'state' | 'moves'>> = {},
): Moved {
  const { state, moves } = proposal;
  if (!LEGAL[state].includes(move.to)) {
    return { kind: 'illegal', because: whyNot(proposal, move.to) };
  }
  if (BY_GOLDSMITH.has(move.to) !== (move.by === GOLDSMITH)) {
    const because =
      move.by === GOLDSMITH
        ? `only a person can say that a proposal is ${move.to}`
        : `only Goldsmith itself can say that a proposal is ${move.to}, not ${move.by}`;
    return { kind: 'illegal', because };
  }
  return {
    kind: 'moved',
    proposal: {
      ...proposal,
      ...changes,
      state: stateAfter(state, move.to),
      moves: [...moves, move],
    },
  };
}

function stateAfter(state: ProposalState, to: To): ProposalState {
  if (to === 'snoozed' || to === 'agreed') {
    return state;
  }
  if (to === 'reworded') {
    return state === 'approved' ? 'open' : state;
  }
  return to;
}

/** `it was declined on 2026-08-07 by slack:U1, so it cannot be approved`; `it is still open, so it cannot be undone`. */
function whyNot({ state, moves }: Proposal, to: To): string {
  if (state === 'drafted' || state === 'open') {
    return `it is still ${state}, so it cannot be ${to}`;
  }
  const last = moves.findLast((move) => move.to === state);
  const when =
    last === undefined ? '' : ` on ${new Date(last.at).toISOString().slice(0, 10)} by ${last.by}`;
  return `it was ${state}${when}, so it cannot be ${to}`;
}

/** Who said yes to what it means now; a yes to a former meaning is void. */
export function agreedBy({ moves }: Pick<Proposal, 'moves'>): readonly string[] {
  const since = moves.findLastIndex(({ to }) => to === 'reworded') + 1;
  const yes = moves.slice(since).filter(({ to }) => to === 'agreed' || to === 'approved');
  return [...new Set(yes.map(({ by }) => by))];
}
