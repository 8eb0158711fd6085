import type { RelationId } from '../../base/relation.ts';
import type { GoldsmithService } from '../../http/service.ts';
import type { Mart } from '../../marts/mart.ts';
import type { Plan } from '../../plan/plan.ts';
import { applyApproved, keptPlan, requireFits } from '../apply-kept.ts';
import type { CycleResult } from '../cycle.ts';
import { applyReport } from '../cycle-report.ts';
import type { Engine } from '../engine.ts';
import { keepReceipts } from '../keep-savings.ts';
import { observe } from '../observe.ts';
import type { ObservedSchema } from '../observe-schema.ts';
import type { Turn } from '../one-at-a-time.ts';
import { keepAttributes, rememberNo } from '../peoples-words.ts';
import { relationNamed } from '../relation-named.ts';
import { restorePlan } from '../restore.ts';
import { rollbackPlan } from '../rollback.ts';
import { whyNotApply } from './why-not-apply.ts';

export interface PersonVerbParts {
  readonly engine: Engine;
  readonly turn: Turn;
  readonly signal: AbortSignal;
  /** The last cycle, where there was one. */
  readonly last: () => CycleResult | undefined;
  /** Everything up to a decision, in a turn of its own. */
  readonly look: () => Promise<CycleResult>;
  /** After something changed: what stands now. */
  readonly refreshWorld: () => Promise<{
    readonly marts: readonly Mart[];
    readonly schema: ObservedSchema;
  }>;
}

/** Whether a message of its own says what came of it: no notice is told beside it then. */
export interface Said {
  readonly isSaid?: boolean;
}

/** What people do by themselves: apply the plan they looked at, take a mart back, bring an attribute back. */
export interface PersonVerbs extends Pick<GoldsmithService, 'apply' | 'rollback' | 'restore'> {
  /** Carries a plan out that a person said yes to; within a turn of the caller's. */
  applyNow(plan: Plan, said?: Said): Promise<ReturnType<typeof applyReport>>;
  /** Brings attributes back that are on their way out; takes turns of its own. */
  restoreAll(
    relation: string,
    parts: Said & { readonly attributes: readonly string[] },
  ): Promise<ReturnType<typeof applyReport>>;
}

export function personVerbs(parts: PersonVerbParts): PersonVerbs {
  const { engine, turn, signal, last, look, refreshWorld } = parts;

  async function applyNow(plan: Plan, { isSaid = false }: Said = {}) {
    const outcome = await applyApproved(engine, { plan, last: last(), isSaid, signal });
    keepReceipts(engine, await refreshWorld());
    return applyReport(outcome);
  }

  async function restoreAll(
    relation: string,
    { attributes, ...said }: Said & { readonly attributes: readonly string[] },
  ) {
    const id: RelationId = await turn(() =>
      keepAttributes(engine, { relation, attributes, signal }),
    );
    const { decision } = await look();
    const now = engine.clock.now();
    return turn(() => applyNow(restorePlan(decision.plan, { relation: id, now }), said));
  }

  return {
    applyNow,
    restoreAll,
    async apply(digest, { by } = { by: 'cli:api' }) {
      const plan = keptPlan(engine, digest);
      return turn(async () => {
        await requireFits(engine, plan);
        const marts = await engine.ledger.readMarts();
        return whyNotApply(engine, { plan, marts, by }) ?? applyNow(plan);
      });
    },
    rollback: (relation) =>
      turn(async () => {
        const marts = await engine.ledger.readMarts();
        const schema = await observe(engine, { marts, signal });
        const id = relationNamed(relation, { schema, names: engine.names });
        const now = engine.clock.now();
        const report = await applyNow(
          rollbackPlan(id, { marts, now, policy: engine.config.decide }),
        );
        if (report.ok) {
          await rememberNo(engine, id);
        }
        return report;
      }),
    restore: (relation, attribute) => restoreAll(relation, { attributes: [attribute] }),
  };
}
