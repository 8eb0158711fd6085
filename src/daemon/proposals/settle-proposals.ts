import { DAY_MS } from '../../base/clock.ts';
import type { CycleInput } from '../../decide/cycle-input.ts';
import { publishesNothing } from '../../materializer/apply-plan.ts';
import type { CycleDecision } from '../../plan/decide-cycle.ts';
import type { Plan } from '../../plan/plan.ts';
import { needsAWord, sortSteps } from '../../propose/asked-of.ts';
import { isDone } from '../../propose/is-done.ts';
import { mergeDrafts } from '../../propose/merge-drafts.ts';
import { GOLDSMITH, isLive, moveProposal } from '../../propose/move.ts';
import { isOutweighed, whyNotAsked } from '../../propose/persons-no.ts';
import type { Draft, Proposal, ProposalKind } from '../../propose/proposal.ts';
import type { Engine } from '../engine.ts';
import { reconsider, rememberNoes } from '../peoples-words.ts';
import { draftProposals, verdictOn } from './draft-proposals.ts';
import { shownKey } from './kept-proposal.ts';
import { noesOf, noTo, timesOf, unwrittenNoes } from './persons-noes.ts';
import { planToDo } from './plan-to-do.ts';
import { whyGone } from './why-gone.ts';

/** How long the book remembers what ended. */
const REMEMBERED_MS = 90 * DAY_MS;

export interface SettleParts {
  readonly decision: CycleDecision;
  readonly input: CycleInput;
  /** What other stages would like to ask: edits of models, changes to follow. */
  readonly others?: readonly Draft[];
  /** Outside a cycle only what people said yes to is done. */
  readonly approvedOnly: boolean;
}

/** Kinds a person is asked about by these settings. */
export function askedKinds({ config }: Pick<Engine, 'config'>): ReadonlySet<ProposalKind> {
  return new Set(config.mode === 'propose' ? ALL_KINDS : config.propose.ask);
}

const ALL_KINDS: readonly ProposalKind[] = ['build', 'prune', 'drop', 'follow', 'edit'];

/**
 * Brings the book of proposals up to date with a decision, and says what of it may be done. What a person said meanwhile is read
 * and kept in one go, so that nothing said between is lost.
 */
export async function settleProposals(engine: Engine, parts: SettleParts): Promise<Plan> {
  const { memory, ledger, store } = engine;
  const { input, decision } = parts;
  if (engine.config.mode === 'observe') {
    return decision.plan;
  }
  if (isQuiet(engine, parts)) {
    return decision.plan;
  }
  const asks = askedKinds(engine);
  const words = await ledger.readRefusals();
  const drafts = [...draftsOf(engine, parts), ...(parts.others ?? [])];
  const book = store.documents.transaction(() => {
    const before = memory.proposals.list();
    const after = mergeDrafts({
      book: before,
      drafts,
      noes: noesOf(words, before),
      now: input.now,
      settings: engine.config.propose,
      declinedFor: engine.config.decide.declinedFor,
      // Other stages draft within a cycle only: outside of one, nobody knows what they would ask.
      whyGone: (proposal) => {
        const isOthers = proposal.kind === 'edit' || proposal.kind === 'follow';
        if (isOthers && parts.others === undefined) {
          return { kind: 'waits' };
        }
        return isOthers || asks.has(proposal.kind)
          ? whyGone(proposal, decision)
          : { kind: 'gone', because: 'nobody is asked about it any more: the settings changed' };
      },
      isDone: (proposal) => isDone(proposal, input.marts),
    }).map((proposal) => withoutSteps(proposal, input.now));
    keep(engine, { before, after });
    return after;
  });
  const noes = noesOf(words, book);
  const times = timesOf(engine.config);
  await rememberNoes(engine, unwrittenNoes(words, book));
  await reconsiderOutweighed(engine, { words, decision });
  return planToDo({
    decision,
    input,
    asks,
    // Read again: somebody may have thought better of it meanwhile.
    approved: memory.proposals.list().filter(({ state }) => state === 'approved'),
    isDeclined: (asked) =>
      whyNotAsked({ ...asked, evidenceRuns: 0 }, { noes, now: input.now, times }) !== undefined,
    approvedOnly: parts.approvedOnly,
  });
}

/** Nothing to ask, nothing asked, and no word of a person that matters: the ledger need not be read again for that. */
function isQuiet(
  { memory }: Pick<Engine, 'memory'>,
  { decision, others = [] }: SettleParts,
): boolean {
  return (
    others.length === 0 &&
    sortSteps(decision.plan.steps).asked.length === 0 &&
    !memory.proposals.list().some((one) => isLive(one) || noTo(one) !== undefined)
  );
}

/** Only what would be asked: in mode `auto` that may be nothing. */
function draftsOf(
  engine: Engine,
  { decision, input }: Pick<SettleParts, 'decision' | 'input'>,
): readonly Draft[] {
  const asks = askedKinds(engine);
  if (publishesNothing(engine.connector) !== undefined) {
    return [];
  }
  return draftProposals(engine, { decision, marts: input.marts, usage: input.usage }).filter(
    (draft) => asks.has(draft.kind) || needsAWord(draft),
  );
}

/** An approved change of files is done by whoever merges it: nothing is left for Goldsmith. */
function withoutSteps(proposal: Proposal, now: number): Proposal {
  if (proposal.state !== 'approved' || proposal.kind !== 'edit') {
    return proposal;
  }
  const answer = moveProposal(proposal, { to: 'applied', at: now, by: GOLDSMITH });
  return answer.kind === 'moved' ? answer.proposal : proposal;
}

function keep(
  { memory, clock, log, channels }: Pick<Engine, 'memory' | 'clock' | 'log' | 'channels'>,
  { before, after }: { readonly before: readonly Proposal[]; readonly after: readonly Proposal[] },
): void {
  const moves = new Map(before.map(({ id, moves: made }) => [id, made.length]));
  for (const proposal of after) {
    const last = proposal.moves.at(-1);
    if (!isLive(proposal) && clock.now() - (last?.at ?? 0) > REMEMBERED_MS) {
      memory.proposals.remove(proposal.id);
      for (const { name } of channels) {
        memory.shown.remove(shownKey(name, proposal.id));
      }
      continue;
    }
    memory.proposals.put(proposal.id, proposal);
    if (last !== undefined && proposal.moves.length !== moves.get(proposal.id)) {
      const { id, kind, relation } = proposal;
      const { to, words } = last;
      log.info({ proposal: id, kind, mart: relation, to, words }, 'proposal moved');
    }
  }
  for (const { token, at } of memory.heard.list()) {
    if (clock.now() - at > REMEMBERED_MS) {
      memory.heard.remove(token);
    }
  }
}

/** A no to a mart for which twice as much speaks now is taken back: the next cycle asks again. */
async function reconsiderOutweighed(
  engine: Engine,
  {
    words,
    decision,
  }: {
    readonly words: Parameters<typeof noesOf>[0];
    readonly decision: CycleDecision;
  },
): Promise<void> {
  const { memory, config, clock, log } = engine;
  const times = timesOf(config);
  const refused = noesOf(words, memory.proposals.list()).filter(
    (no) => no.kind === 'build' && clock.now() - no.at < times.declinedFor,
  );
  for (const no of refused) {
    const verdict = verdictOn(no.relation, decision.verdicts);
    const runs = verdict?.rule === 'was-not-declined' ? verdict.numbers.runsPerDay : 0;
    if (isOutweighed(no, runs)) {
      const because = `the evidence more than doubled: ${no.evidenceRuns} runs a day then, ${runs} now`;
      await reconsider(engine, { relation: no.relation, because });
      log.info({ mart: no.relation, because }, 'a no is reconsidered');
    }
  }
}
