import { dayOf, type EpochMs } from '../base/clock.ts';
import { digestOf } from '../base/digest.ts';
import { needsAWord } from './asked-of.ts';
import { isCoveredBy } from './meaning.ts';
import { GOLDSMITH, isLive, moveProposal } from './move.ts';
import { EVIDENCE_TIMES, type PersonsNo, whyNotAsked } from './persons-no.ts';
import type { Draft, Move, Proposal, ProposalId } from './proposal.ts';
import type { ProposeSettings } from './settings.ts';

/** Why a proposal is no longer in the plan: it only waits for its turn, or its reason is gone. */
export type Gone = { readonly kind: 'waits' } | { readonly kind: 'gone'; readonly because: string };

export interface MergeParts {
  /** Everything in the book, ended ones too. */
  readonly book: readonly Proposal[];
  readonly drafts: readonly Draft[];
  readonly noes: readonly PersonsNo[];
  readonly now: EpochMs;
  readonly settings: ProposeSettings;
  /** `decide.declinedFor`. */
  readonly declinedFor: number;
  readonly whyGone: (proposal: Proposal) => Gone;
  /** Whether all it asks for is so already. */
  readonly isDone: (proposal: Proposal) => boolean;
}

/**
 * The book after a cycle: what is asked already is renewed or reworded, what nobody answered expires, what the plan no longer
 * holds is overtaken, and of what is new as much is opened as people can be asked at once, most money first. Pure; who was
 * already asked stays asked.
 */
export function mergeDrafts(parts: MergeParts): readonly Proposal[] {
  const { book, drafts } = parts;
  const bySubject = new Map(drafts.map((draft) => [subjectOf(draft), draft]));
  const kept = book.map((proposal) =>
    isLive(proposal)
      ? expire(renew(proposal, { ...parts, draft: bySubject.get(subjectOf(proposal)) }), parts)
      : proposal,
  );
  const asked = new Set(kept.filter(isLive).map(subjectOf));
  const added = drafts
    .filter(
      (draft) =>
        !asked.has(subjectOf(draft)) &&
        mayBeAsked(draft, { ...parts, book: kept }) &&
        !yieldsToEdit(draft, { ...parts, book: kept }),
    )
    .map((draft) => drawUp(draft, parts));
  return openSome([...kept, ...added], parts);
}

function subjectOf({ kind, relation }: Pick<Draft, 'kind' | 'relation'>): string {
  return `${kind} ${relation}`;
}

/** A plan of the same meaning renews its steps and evidence silently; of another meaning, people are asked again. */
function renew(
  proposal: Proposal,
  { draft, now, settings, whyGone, isDone }: MergeParts & { readonly draft: Draft | undefined },
): Proposal {
  if (isDone(proposal)) {
    return moved(proposal, { to: 'applied', at: now, by: GOLDSMITH });
  }
  if (draft === undefined) {
    const gone = whyGone(proposal);
    return gone.kind === 'waits'
      ? proposal
      : moved(proposal, { to: 'overtaken', at: now, by: GOLDSMITH, words: gone.because });
  }
  const { kind: _kind, relation: _relation, ...renewed } = draft;
  if (draft.meaning === proposal.meaning) {
    return { ...proposal, ...renewed };
  }
  if (proposal.state === 'approved') {
    if (isCoveredBy(draft, proposal)) {
      return proposal;
    }
    const words = 'what it would do is no longer what was approved: the yes is void';
    return moved(
      proposal,
      { to: 'reworded', at: now, by: GOLDSMITH, words },
      { ...renewed, expiresAt: now + settings.openFor },
    );
  }
  const words = 'what it would do changed';
  return moved(proposal, { to: 'reworded', at: now, by: GOLDSMITH, words }, renewed);
}

function expire(proposal: Proposal, { now }: Pick<MergeParts, 'now'>): Proposal {
  const { state, expiresAt } = proposal;
  if ((state !== 'open' && state !== 'approved') || now < expiresAt) {
    return proposal;
  }
  const words =
    state === 'open'
      ? 'nobody answered in time'
      : 'it was approved and could not be applied in time: ask for it again';
  return moved(proposal, { to: 'expired', at: now, by: GOLDSMITH, words });
}

/** Silence until it expired is a `later`: nobody is asked the same again right away. */
function mayBeAsked(draft: Draft, { book, noes, now, settings, declinedFor }: MergeParts): boolean {
  const times = { declinedFor, laterFor: settings.laterFor };
  if (whyNotAsked(draft, { noes, now, times }) !== undefined || isAgreed(draft, book)) {
    return false;
  }
  return !book.some(
    (one) =>
      one.state === 'expired' &&
      subjectOf(one) === subjectOf(draft) &&
      now - (one.moves.at(-1)?.at ?? 0) < settings.laterFor &&
      draft.evidenceRuns < EVIDENCE_TIMES * Math.max(one.evidenceRuns, Number.MIN_VALUE),
  );
}

/** Whoever merged an edit did it: until the files it was made from are read anew, the same edit is drafted again. */
function isAgreed(draft: Draft, book: readonly Proposal[]): boolean {
  return (
    draft.kind === 'edit' &&
    book.some(
      (one) => one.kind === 'edit' && one.state === 'applied' && one.meaning === draft.meaning,
    )
  );
}

/**
 * A mart that belongs into somebody's files is proposed there first: the two are one question, and the second is asked after a no.
 * What was merged there is waited for, until the warehouse has it.
 */
function yieldsToEdit(draft: Draft, parts: MergeParts): boolean {
  if (!draft.steps.some(({ action }) => action.kind === 'create-mart')) {
    return false;
  }
  const isEdit = ({ kind, relation }: Pick<Draft, 'kind' | 'relation'>) =>
    kind === 'edit' && relation === draft.relation;
  const edits = parts.book.filter(isEdit);
  const other = parts.drafts.find(isEdit);
  return (
    edits.some(isLive) ||
    (other === undefined
      ? edits.some(({ state }) => state === 'applied')
      : isAgreed(other, edits) || mayBeAsked(other, parts))
  );
}

const ID_LENGTH = 12;

/** A proposal nobody has seen yet. */
export function drawUp(
  draft: Draft,
  { now, settings }: Pick<MergeParts, 'now' | 'settings'>,
): Proposal {
  const { kind, relation } = draft;
  return {
    ...draft,
    id: digestOf({ kind, relation, firstDraftedAt: now }).slice(0, ID_LENGTH) as ProposalId,
    state: 'drafted',
    openedAt: now,
    expiresAt: now + settings.openFor,
    moves: [{ to: 'drafted', at: now, by: GOLDSMITH }],
  };
}

/** Opens as many as the limits of open ones and of the day leave, the most money first; a schema change does not wait behind money. */
function openSome(book: readonly Proposal[], { now, settings }: MergeParts): readonly Proposal[] {
  const today = dayOf(now);
  const openedToday = book.filter(({ moves }) =>
    moves.some(({ to, at }) => to === 'open' && dayOf(at) === today),
  ).length;
  const open = book.filter(
    ({ state, snoozedUntil = 0 }) => state === 'open' && snoozedUntil <= now,
  ).length;
  const room = Math.max(0, Math.min(settings.mostOpen - open, settings.mostPerDay - openedToday));
  const next = book
    .filter(({ state, snoozedUntil = 0 }) => state === 'drafted' && snoozedUntil <= now)
    .toSorted(
      (a, b) =>
        Number(isOfSources(b)) - Number(isOfSources(a)) ||
        Number((b.body.money.netPerDay ?? 0n) - (a.body.money.netPerDay ?? 0n)) ||
        (a.id < b.id ? -1 : 1),
    )
    .slice(0, room);
  return book.map((one) =>
    next.includes(one)
      ? moved(
          one,
          { to: 'open', at: now, by: GOLDSMITH },
          { openedAt: now, expiresAt: now + settings.openFor },
        )
      : one,
  );
}

function isOfSources(proposal: Proposal): boolean {
  const { kind, parts = [] } = proposal;
  return (
    kind === 'follow' || needsAWord(proposal) || parts.some((part) => part.startsWith('follow '))
  );
}

/** A move that is legal wherever it is made here; one that were not leaves the proposal as it is. */
function moved(
  proposal: Proposal,
  move: Move,
  changes: Parameters<typeof moveProposal>[2] = {},
): Proposal {
  const answer = moveProposal(proposal, move, changes);
  return answer.kind === 'moved' ? answer.proposal : proposal;
}
