import type { ApplyReport } from '../../http/service.ts';
import { forgetApplied } from '../apply-kept.ts';
import { runCycle } from '../cycle.ts';
import { applyReport } from '../cycle-report.ts';
import { keepNewBases } from '../drift/drift-basis.ts';
import type { Engine } from '../engine.ts';
import { keepReceipts } from '../keep-savings.ts';
import { applyAgreed } from './apply-agreed.ts';
import { endProposals } from './end-proposals.ts';
import type { PersonVerbParts } from './person-verbs.ts';
import { settleProposals } from './settle-proposals.ts';

/**
 * Does what people said yes to and nothing else, with the steps of a decision made now: what no longer fits the world is not done,
 * and says so. Nothing where nothing waits. Within a turn of the caller's.
 */
export async function carryOut(
  engine: Engine,
  { signal, refreshWorld }: Pick<PersonVerbParts, 'signal' | 'refreshWorld'>,
): Promise<ApplyReport | undefined> {
  const { memory } = engine;
  if (!memory.proposals.list().some(({ state }) => state === 'approved')) {
    return undefined;
  }
  const { decision, input, schema, marts: before } = await runCycle(engine, { act: false, signal });
  const plan = await settleProposals(engine, { decision, input, approvedOnly: true });
  if (plan.steps.length === 0) {
    return undefined;
  }
  const { outcome, marts } = await applyAgreed(engine, { plan, decision, input, schema, signal });
  const { usage } = input;
  endProposals(engine, { plan, outcome, decision, usage, before, marts });
  await keepNewBases(engine, { marts, schema, drift: input.drift, signal });
  forgetApplied(engine, outcome);
  keepReceipts(engine, await refreshWorld());
  return applyReport(outcome);
}
