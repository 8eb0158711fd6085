import type { EpochMs } from '../../base/clock.ts';
import type { RelationId } from '../../base/relation.ts';
import type { Config } from '../../config/config.ts';
import type { CycleInput, Held } from '../../decide/cycle-input.ts';
import type { Ledger } from '../../materializer/ledger.ts';
import {
  endOf,
  isForGood,
  type NoTimes,
  type PersonsNo,
  sourcesOf,
  stands,
} from '../../propose/persons-no.ts';
import type { DeclineReason, Proposal, ProposalKind } from '../../propose/proposal.ts';
import { DECLINED } from '../rollback.ts';

type Word = Awaited<ReturnType<Ledger['readRefusals']>>[number];

/** How the ledger calls a person's no to each kind of proposal. */
export const NO_CODES: Readonly<Record<ProposalKind, string>> = {
  build: DECLINED,
  prune: `${DECLINED}-prune`,
  drop: `${DECLINED}-drop`,
  follow: `${DECLINED}-follow`,
  edit: `${DECLINED}-edit`,
};

/** How the ledger calls the word that takes every no to a relation back. */
export const RECONSIDERED = 'reconsidered';

const KINDS = new Map(
  Object.entries(NO_CODES).map(([kind, code]) => [code, kind as ProposalKind] as const),
);

/** What people said no to and nobody took back since: as the ledger has it, and what is not written there yet. */
export function noesOf(
  words: readonly Word[],
  proposals: readonly Proposal[] = [],
): readonly PersonsNo[] {
  const takenBack = new Map<RelationId, EpochMs>();
  for (const { relation, at } of words.filter(({ code }) => code === RECONSIDERED)) {
    takenBack.set(relation, Math.max(at, takenBack.get(relation) ?? at));
  }
  const written = words.flatMap((word): readonly PersonsNo[] => {
    const kind = KINDS.get(word.code);
    return kind === undefined ? [] : [noOf(kind, word)];
  });
  const known = new Set(written.map(keyOf));
  const unwritten = proposals.flatMap((one) => {
    const no = noTo(one);
    return no === undefined || known.has(keyOf(no)) ? [] : [no];
  });
  return [...written, ...unwritten].filter(
    ({ relation, at }) => at > (takenBack.get(relation) ?? Number.NEGATIVE_INFINITY),
  );
}

/**
 * The no a proposal ended with; taking back what was applied is one too, and so is giving a mart up as it stands: the name is somebody
 * else's from then on.
 */
export function noTo({
  kind,
  relation,
  state,
  moves,
  evidenceRuns,
  steps,
}: Proposal): PersonsNo | undefined {
  const last = moves.at(-1);
  const isLeft = steps.some(({ action }) => action.kind === 'release-mart' && action.asItStands);
  if (last !== undefined && state === 'applied' && isLeft) {
    return { kind, relation, at: last.at, reason: 'someone-elses', evidenceRuns };
  }
  if (last === undefined || (state !== 'declined' && state !== 'undone')) {
    return undefined;
  }
  const sources = last.reason === 'sensitive' ? sourcesOf({ steps }) : [];
  return {
    kind,
    relation,
    at: last.at,
    reason: last.reason ?? 'other',
    evidenceRuns,
    ...(sources.length === 0 ? {} : { sources }),
  };
}

/** Noes the ledger does not have yet. */
export function unwrittenNoes(
  words: readonly Word[],
  proposals: readonly Proposal[],
): readonly PersonsNo[] {
  const written = new Set(
    words.flatMap((word) => {
      const kind = KINDS.get(word.code);
      return kind === undefined ? [] : [keyOf(noOf(kind, word))];
    }),
  );
  return proposals.flatMap((one) => {
    const no = noTo(one);
    return no === undefined || written.has(keyOf(no)) ? [] : [no];
  });
}

export function timesOf({ decide, propose }: Pick<Config, 'decide' | 'propose'>): NoTimes {
  return { declinedFor: decide.declinedFor, laterFor: propose.laterFor };
}

/** What a decision is told of them: which marts are not tried, demoted or pruned. */
export function toldToPlanner(
  noes: readonly PersonsNo[],
  parts: { readonly now: EpochMs; readonly times: NoTimes },
): Pick<CycleInput, 'declined'> & { readonly held: Held } {
  const standing = noes.filter((no) => stands(no, parts));
  const of = (kind: ProposalKind) => [
    ...new Set(
      standing.filter((no) => no.kind === kind || isForGood(no)).map(({ relation }) => relation),
    ),
  ];
  const declined = of('build').map((relation) => {
    const its = standing.filter(
      (no) => no.relation === relation && (no.kind === 'build' || isForGood(no)),
    );
    const at = Math.max(...its.map((no) => no.at));
    const ends = its.map((no) => endOf(no, parts.times));
    const until = ends.some((end) => end === undefined)
      ? ('for-good' as const)
      : Math.max(...ends.flatMap((end) => end ?? []));
    const reads = its.find((no) => no.reason === 'sensitive')?.sources;
    return { digest: relation, at, until, ...(reads === undefined ? {} : { reads }) };
  });
  return { declined, held: { drops: of('drop'), prunes: of('prune') } };
}

function noOf(kind: ProposalKind, { relation, at, evidence }: Word): PersonsNo {
  const { reason, runs, sources } = evidence;
  return {
    kind,
    relation,
    at,
    ...(isReason(reason) ? { reason } : {}),
    ...(typeof runs === 'number' ? { evidenceRuns: runs } : {}),
    ...(typeof sources === 'string' ? { sources: sources.split('\n') as RelationId[] } : {}),
  };
}

function keyOf({ kind, relation, at }: PersonsNo): string {
  return `${kind} ${relation} ${at}`;
}

const REASONS: ReadonlySet<unknown> = new Set<DeclineReason>([
  'not-worth-it',
  'wrong-grain',
  'sensitive',
  'someone-elses',
  'later',
  'other',
]);

function isReason(value: unknown): value is DeclineReason {
  return REASONS.has(value);
}
