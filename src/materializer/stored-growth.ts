import { z } from 'zod';
import type { RelationId } from '../base/relation.ts';

const relation = z.string().transform((text) => text as RelationId);
/** A place, as it stands in statements. */
const place = z.string().regex(/^\d+$/);

const storedGrownBy = z.object({
  source: relation,
  keys: z.array(z.string()).exactOptional(),
  measures: z.array(z.object({ column: z.string(), how: z.enum(['sum', 'min', 'max']) })),
});

export const storedGrownBuild = z.object({
  by: storedGrownBy,
  added: z.object({ end: place, sql: z.string() }).exactOptional(),
  proveWhole: z.boolean(),
});

/** Where a version's source ended, as the ledger holds it. */
export const storedVersionGrowth = z.object({
  source: relation,
  end: place,
  sinceWhole: z.number(),
  fellBack: z.number().exactOptional(),
});
