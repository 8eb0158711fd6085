import { z } from 'zod';
import type { RelationId } from '../base/relation.ts';
import { nanoUsd } from '../base/usd.ts';
import type { Plan, PlanStep } from '../plan/plan.ts';

/** Names and money as they come back from JSON: canonical text, and decimal text for bigints. */
export const relation = z.string().transform((id) => id as RelationId);
export const bigint = z
  .string()
  .regex(/^-?\d+$/)
  .transform(BigInt);
export const money = bigint.transform(nanoUsd);

/** A step is kept exactly; its money comes back as bigints, its action as it was. */
export const keptStep: z.ZodType<PlanStep, unknown> = z
  .object({
    action: z.custom<PlanStep['action']>(
      (value) => typeof value === 'object' && value !== null && 'kind' in value,
    ),
    because: z.string(),
    evidence: z.record(z.string(), z.union([z.string(), z.number()])),
    predicted: z
      .object({
        netPerDay: money,
        cost: money,
        between: z.tuple([money, money]).exactOptional(),
      })
      .optional(),
  })
  .transform(({ predicted, ...rest }) => (predicted === undefined ? rest : { ...rest, predicted }));

export const keptPlanValue: z.ZodType<Plan, unknown> = z.object({
  digest: z.string(),
  madeAt: z.number(),
  expiresAt: z.number(),
  steps: z.array(keptStep),
});
