import { GoldsmithError } from '../../base/goldsmith-error.ts';
import { readableRelation } from '../../base/relation.ts';
import type { ApplyReport, ProposalAnswer, ProposalService, Said } from '../../http/service.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Decision } from '../../propose/channel.ts';
import type { Heard } from '../../propose/hear-decision.ts';
import type { Proposal } from '../../propose/proposal.ts';
import { observe } from '../observe.ts';
import { reconsider, rememberNoes } from '../peoples-words.ts';
import { recordProposals } from '../record-metrics.ts';
import { carryOut } from './carry-out.ts';
import { followBackPlan } from './follow-back.ts';
import { hear, proposalNamed, weigh } from './hear.ts';
import type { PersonVerbParts, PersonVerbs } from './person-verbs.ts';
import { noesOf, unwrittenNoes } from './persons-noes.ts';
import { answerOf, becameOf, sentenceOf } from './proposal-answers.ts';
import { proposalReport, proposalsReport } from './proposals-report.ts';
import { isInChat, showProposals } from './show-proposals.ts';
import { cannot, takeBackPlan } from './take-back.ts';

export interface ProposalVerbs extends ProposalService {
  /** Does what people said yes to while nobody was there to do it; nothing where nothing waits. */
  carryOut(): Promise<ApplyReport | undefined>;
  /** Hears a saying of a channel; what follows from it is done in `follow`, which may take long. */
  hear(decision: Decision): { readonly heard: Heard; readonly follow: () => Promise<string> };
}

/** What people say of proposals, at the command line, over the API, or through a channel. */
export function proposalVerbs(
  parts: PersonVerbParts & { readonly verbs: Pick<PersonVerbs, 'applyNow' | 'restoreAll'> },
): ProposalVerbs {
  const { engine, turn, signal } = parts;

  function decisionOf(
    { id, meaning }: Proposal,
    said: Pick<Decision, 'move' | 'by'> & Partial<Decision>,
  ): Decision {
    const at = engine.clock.now();
    return { proposal: id, at, token: `${said.by}/${said.move}/${id}/${meaning}/${at}`, ...said };
  }

  /** Who says it, and of which meaning: the one that begins as he says, where he says one. */
  function seen(id: string, { by, meaning }: Said): Pick<Decision, 'by' | 'meaning'> {
    const now = proposalNamed(engine, id).meaning;
    return meaning === undefined
      ? { by }
      : { by, meaning: now.startsWith(meaning) ? now : meaning };
  }

  /** The ledger is told of a no at once, and people see what became of it. */
  async function tell(): Promise<undefined> {
    const unwritten = unwrittenNoes(
      await engine.ledger.readRefusals(),
      engine.memory.proposals.list(),
    );
    try {
      await rememberNoes(engine, unwritten);
    } finally {
      recordProposals(engine);
      await showProposals(engine, signal);
    }
    return undefined;
  }

  async function doApproved(): Promise<ApplyReport | undefined> {
    await showProposals(engine, signal);
    const report = await carryOut(engine, parts);
    await tell();
    return report;
  }

  async function undo(proposal: Proposal, decision: Decision): Promise<ProposalAnswer> {
    const before = weigh(engine, decision);
    if (before.kind === 'ignored') {
      return answerOf(engine.memory.proposals.get(proposal.id) ?? proposal, before);
    }
    const report = await takeBack(proposal, decision);
    const now = engine.memory.proposals.get(proposal.id) ?? proposal;
    return { ...answerOf(now, before, report), ok: report.ok };
  }

  async function takeBack(proposal: Proposal, decision: Decision): Promise<ApplyReport> {
    const attributes = proposal.steps.flatMap(({ action }) =>
      action.kind === 'mark-attributes' ? action.changes.map(({ name }) => name) : [],
    );
    const said = { isSaid: isInChat(engine, proposal) };
    const finish = async (report: ApplyReport) => {
      if (report.ok) {
        hear(engine, decision);
      }
      await tell();
      return report;
    };
    if (proposal.kind === 'prune') {
      const report = await parts.verbs.restoreAll(proposal.relation, { attributes, ...said });
      return turn(() => finish(report));
    }
    return turn(async () => {
      const again = weigh(engine, decision);
      if (again.kind === 'ignored') {
        throw cannot(proposal, again.because);
      }
      return finish(await parts.verbs.applyNow(await backPlan(proposal), said));
    });
  }

  async function backPlan(proposal: Proposal): Promise<Plan> {
    const marts = await engine.ledger.readMarts();
    if (proposal.kind === 'follow') {
      const schema = await observe(engine, { marts, signal });
      return followBackPlan(engine, proposal, { marts, schema, signal });
    }
    const expiresAfter = engine.config.decide.planExpiresAfter;
    return takeBackPlan(proposal, { marts, now: engine.clock.now(), expiresAfter });
  }

  async function say(
    id: string,
    said: Pick<Decision, 'move' | 'by'> & Partial<Decision>,
  ): Promise<ProposalAnswer> {
    const proposal = proposalNamed(engine, id);
    const heard = hear(engine, decisionOf(proposal, said));
    const follow = said.move === 'approve' ? doApproved : tell;
    const report = heard.kind === 'moved' ? await turn<ApplyReport | undefined>(follow) : undefined;
    const now = engine.memory.proposals.get(proposal.id) ?? proposal;
    const answer = answerOf(now, heard, report);
    const text = [answer.text, ...(heard.kind === 'moved' ? becameOf(now, report) : [])].join('\n');
    return { ...answer, text };
  }

  return {
    proposals: async () => proposalsReport(engine),
    proposal: async (id) => proposalReport(engine, proposalNamed(engine, id)),
    approve: (id, said) => say(id, { move: 'approve', ...seen(id, said) }),
    decline: (id, { reason, words, ...said }) =>
      say(id, {
        move: 'decline',
        reason,
        ...(words === undefined ? {} : { words }),
        ...seen(id, said),
      }),
    snooze: (id, { days, ...said }) =>
      say(id, { move: 'snooze', ...(days === undefined ? {} : { days }), ...seen(id, said) }),
    async undo(id, said) {
      const proposal = proposalNamed(engine, id);
      return undo(proposal, decisionOf(proposal, { move: 'undo', ...seen(id, said) }));
    },
    reconsider: (name, { by }) =>
      turn(async () => {
        const noes = noesOf(await engine.ledger.readRefusals(), engine.memory.proposals.list());
        const relation = noes
          .map((no) => no.relation)
          .find((id) => id === name || readableRelation(id) === name);
        if (relation === undefined) {
          const all = [...new Set(noes.map((no) => readableRelation(no.relation)))].join(', ');
          throw new GoldsmithError(
            'NO_SUCH_NO',
            `nobody said no to ${name}; ${all === '' ? 'nor to anything else' : `there are words about ${all}`}`,
          );
        }
        await reconsider(engine, { relation, because: `${by} took the no back` });
        return {
          text: `every no to ${readableRelation(relation)} is taken back: the next cycle may ask again`,
          value: { relation },
        };
      }),
    carryOut: () => turn(doApproved),
    hear(decision) {
      if (decision.move === 'undo') {
        const heard = weigh(engine, decision);
        const proposal = engine.memory.proposals.get(decision.proposal);
        return {
          heard,
          follow: async () =>
            heard.kind === 'moved' && proposal !== undefined
              ? (await undo(proposal, decision)).text
              : sentenceOf(heard),
        };
      }
      const heard = hear(engine, decision);
      const after = decision.move === 'approve' ? doApproved : tell;
      return {
        heard,
        follow: async () => {
          const report =
            heard.kind === 'moved' ? await turn<ApplyReport | undefined>(after) : undefined;
          return [sentenceOf(heard), report?.text ?? ''].filter((text) => text !== '').join('\n');
        },
      };
    },
  };
}
