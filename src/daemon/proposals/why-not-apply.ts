import type { ApplyReport, StepReport } from '../../http/service.ts';
import type { Mart } from '../../marts/mart.ts';
import type { Plan } from '../../plan/plan.ts';
import { mayApprove } from '../../propose/approval-policy.ts';
import { type AskedSteps, needsAWord, sortSteps } from '../../propose/asked-of.ts';
import { isCoveredBy } from '../../propose/meaning.ts';
import { shortName } from '../cycle-report.ts';
import type { Engine } from '../engine.ts';
import { meaningOfSteps } from './draft-proposals.ts';
import { askedKinds } from './settle-proposals.ts';

type Parts = Pick<Engine, 'config' | 'memory'>;

/**
 * Who applies a whole plan says yes to all of it: where he may not, or is not enough, the report says what of it and why, and
 * nothing is done. Nothing where he may, and in mode `observe`, in which nobody can.
 */
export function whyNotApply(
  engine: Parts,
  {
    plan,
    marts,
    by,
  }: { readonly plan: Plan; readonly marts: readonly Mart[]; readonly by: string },
): ApplyReport | undefined {
  const asks = askedKinds(engine);
  const approved = engine.memory.proposals.list().filter(({ state }) => state === 'approved');
  const refused = new Map(
    sortSteps(plan.steps).asked.flatMap((asked) => {
      const wanted = meaningOfSteps(asked, marts);
      const isAgreed = approved.some(
        (one) =>
          one.kind === asked.kind && one.relation === asked.relation && isCoveredBy(wanted, one),
      );
      const because =
        isAgreed || !(asks.has(asked.kind) || needsAWord(asked))
          ? undefined
          : whyNotHe(asked, { by, settings: engine.config.propose });
      return because === undefined ? [] : asked.steps.map((step) => [step, because] as const);
    }),
  );
  if (refused.size === 0 || engine.config.mode === 'observe') {
    return undefined;
  }
  const steps = plan.steps.map((step): StepReport => {
    const because = refused.get(step);
    return {
      verb: step.action.kind,
      relation: shortName(step.action.mart),
      because: step.because,
      outcome: because === undefined ? 'skipped' : 'refused',
      detail: because ?? 'a plan is applied whole',
    };
  });
  return {
    text: [
      ...steps.map(
        ({ outcome, verb, relation, detail }) =>
          `${outcome.padEnd(8)} ${verb} ${relation}: ${detail}`,
      ),
      'nothing of the plan was done: `goldsmith proposals` lists what waits, and who may say yes can `goldsmith approve` one',
    ].join('\n'),
    digest: plan.digest,
    ok: false,
    steps,
  };
}

function whyNotHe(
  { kind }: Pick<AskedSteps, 'kind'>,
  { by, settings }: { readonly by: string; readonly settings: Engine['config']['propose'] },
): string | undefined {
  if (!mayApprove(by, kind, settings)) {
    return `${by} is not listed in propose.approvals.${kind}`;
  }
  const needed = settings.needed[kind];
  return needed > 1 ? `${needed} people have to say yes (propose.needed.${kind})` : undefined;
}
