import { DAY_MS, dayOf, type EpochMs } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { DeclineReason, Draft, ProposalKind } from './proposal.ts';

/** A no that is remembered, as it stands in the ledger. */
export interface PersonsNo {
  readonly kind: ProposalKind;
  readonly relation: RelationId;
  readonly at: EpochMs;
  /** Absent for one that was given without a proposal (`goldsmith rollback`). */
  readonly reason?: DeclineReason;
  /** What the evidence weighed then, in runs a day. */
  readonly evidenceRuns?: number;
  /** What it reads, where it was called sensitive: whatever reads all of that is meant too. */
  readonly sources?: readonly RelationId[];
}

export interface NoTimes {
  /** After most reasons: `decide.declinedFor`. */
  readonly declinedFor: number;
  /** After `later`: `propose.laterFor`. */
  readonly laterFor: number;
}

/** A declined subject comes again before its time only when the evidence weighs this many times what it did. */
export const EVIDENCE_TIMES = 2;

/** A no that a word of a person alone takes back: it concerns the relation, whatever would be done with it. */
export function isForGood({ reason }: PersonsNo): boolean {
  return reason === 'sensitive' || reason === 'someone-elses';
}

/** Last moment of a no that ends by itself; absent where it stands until a person takes it back. */
export function endOf(no: PersonsNo, times: NoTimes): EpochMs | undefined {
  if (isForGood(no)) {
    return undefined;
  }
  return no.at + (no.reason === 'later' ? times.laterFor : times.declinedFor);
}

/** Whether a no stands at this moment, whatever the evidence. */
export function stands(no: PersonsNo, { now, times }: NoParts): boolean {
  const end = endOf(no, times);
  return end === undefined || now < end;
}

export interface NoParts {
  readonly now: EpochMs;
  readonly times: NoTimes;
}

/** Whether twice the evidence asks for a second look: the grain stays wrong, and who said `later` named his time. */
export function isOutweighed(no: PersonsNo, evidenceRuns: number): boolean {
  const mayBe = no.reason === 'not-worth-it' || no.reason === 'other';
  return (
    mayBe &&
    no.evidenceRuns !== undefined &&
    no.evidenceRuns > 0 &&
    evidenceRuns >= EVIDENCE_TIMES * no.evidenceRuns
  );
}

/** The no that keeps a draft from being asked, in words with the moment it ends; absent where none does. */
export function whyNotAsked(
  draft: Pick<Draft, 'kind' | 'relation' | 'evidenceRuns' | 'steps'>,
  { noes, ...parts }: NoParts & { readonly noes: readonly PersonsNo[] },
): string | undefined {
  const sources = sourcesOf(draft);
  const no = noes.find(
    (each) =>
      (each.relation === draft.relation
        ? each.kind === draft.kind || isForGood(each)
        : readsAllOf(sources, each)) &&
      stands(each, parts) &&
      !isOutweighed(each, draft.evidenceRuns),
  );
  return no === undefined ? undefined : sayNo(no, parts.times);
}

/** What would be read by a mart that some steps publish or take over. */
export function sourcesOf({ steps }: Pick<Draft, 'steps'>): readonly RelationId[] {
  return [
    ...new Set(
      steps.flatMap(({ action }) => ('definition' in action ? action.definition.sources : [])),
    ),
  ].toSorted();
}

/** The same data under another name is as sensitive. */
function readsAllOf(sources: readonly RelationId[], no: PersonsNo): boolean {
  const sensitive = no.reason === 'sensitive' ? (no.sources ?? []) : [];
  return sensitive.length > 0 && sensitive.every((source) => sources.includes(source));
}

/** `a person declined it on 2026-08-07 (not worth it): not asked again before 2026-11-05, or 24 runs a day`. */
export function sayNo(no: PersonsNo, times: NoTimes): string {
  const end = endOf(no, times);
  const why = no.reason === undefined ? '' : ` (${REASONS[no.reason]})`;
  const until =
    end === undefined
      ? 'not asked again until a person takes that back'
      : `not asked again before ${dayOf(Math.ceil(end / DAY_MS) * DAY_MS)}`;
  const flip =
    isOutweighed(no, Infinity) && no.evidenceRuns !== undefined
      ? `, or ${EVIDENCE_TIMES * no.evidenceRuns} runs a day, then ${no.evidenceRuns}`
      : '';
  return `a person declined it on ${dayOf(no.at)}${why}: ${until}${flip}`;
}

export const REASONS: Readonly<Record<DeclineReason, string>> = {
  'not-worth-it': 'not worth it',
  'wrong-grain': 'wrong grain',
  sensitive: 'sensitive',
  'someone-elses': "someone else's",
  later: 'later',
  other: 'another reason',
};
