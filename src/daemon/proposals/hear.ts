import { GoldsmithError } from '../../base/goldsmith-error.ts';
import type { Decision } from '../../propose/channel.ts';
import { type Heard, hearDecision } from '../../propose/hear-decision.ts';
import type { Proposal } from '../../propose/proposal.ts';
import type { Engine } from '../engine.ts';

type HearParts = Pick<Engine, 'memory' | 'store' | 'config' | 'clock' | 'log' | 'metrics'>;

/**
 * Hears one saying, once: a proposal that moved and the saying's token are kept together, so that a replay, a second click, or
 * the same poll again moves nothing. One that did not count is weighed again each time it is heard (who may say yes can change), and
 * logged and counted once for each reason.
 */
export function hear(engine: HearParts, decision: Decision): Heard {
  const { memory, store, log, metrics } = engine;
  const { by, move, token } = decision;
  const { heard, isNews } = store.documents.transaction(() => {
    const before = memory.heard.get(token);
    if (before !== undefined && before.ignored === undefined) {
      return { heard: ignored('this was heard already'), isNews: false };
    }
    const answer = weigh(engine, decision);
    const at = engine.clock.now();
    if (answer.kind === 'moved') {
      const { proposal } = answer;
      memory.heard.put(token, { token, at });
      memory.proposals.put(proposal.id, proposal);
      return { heard: answer, isNews: true };
    }
    const isKnown = before?.ignored === answer.because;
    if (!isKnown) {
      memory.heard.put(token, { ...before, token, at, ignored: answer.because });
    }
    return { heard: answer, isNews: !isKnown };
  });
  if (!isNews) {
    return heard;
  }
  const outcome = heard.kind === 'moved' ? move : 'ignored';
  metrics.add('goldsmith_proposal_answers_total', { outcome });
  log.info(
    {
      proposal: decision.proposal,
      by,
      move,
      ...(heard.kind === 'ignored' ? { because: heard.because } : {}),
    },
    heard.kind === 'moved' ? 'a person decided' : 'a word did not count',
  );
  return heard;
}

function ignored(because: string): Heard {
  return { kind: 'ignored', because };
}

/** What would come of it; nothing is kept. */
export function weigh(
  { memory, config, clock }: Pick<Engine, 'memory' | 'config' | 'clock'>,
  decision: Decision,
): Heard {
  const proposal = memory.proposals.get(decision.proposal);
  return proposal === undefined
    ? { kind: 'ignored', because: `there is no proposal ${decision.proposal} any more` }
    : hearDecision(proposal, { decision, settings: config.propose, now: clock.now() });
}

/**
 * The one proposal whose id begins so. Rejects with `NO_PROPOSAL`.
 */
export function proposalNamed({ memory }: Pick<Engine, 'memory'>, id: string): Proposal {
  const found = memory.proposals.list().filter((one) => one.id.startsWith(id));
  const [only] = found;
  if (only === undefined || found.length > 1 || id === '') {
    throw new GoldsmithError(
      'NO_PROPOSAL',
      found.length > 1
        ? `${found.length} proposals begin with ${id}: name one in full, \`goldsmith proposals\` lists them`
        : `there is no proposal ${id}: \`goldsmith proposals\` lists them`,
    );
  }
  return only;
}
