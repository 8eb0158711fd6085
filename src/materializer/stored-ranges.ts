import { z } from 'zod';
import type { RelationId } from '../base/relation.ts';

const relation = z.string().transform((text) => text as RelationId);

export const storedRangedBy = z.object({
  column: z.string(),
  type: z.string(),
  source: relation,
  onSource: z.string(),
});

export const storedRangedBuild = z.object({
  by: storedRangedBy,
  rowsPerRange: z.number(),
  mostChanged: z.number(),
  proveWhole: z.boolean(),
});

const state = z.object({ rows: z.number(), checksum: z.string() });
const bounds = z.array(z.string());

/** A source at the moment a version was built of it; `columns` only where it is not over all of them. */
export const storedSourceState = state.extend({
  relation,
  columns: z.array(z.object({ name: z.string(), place: z.number() })).exactOptional(),
});

/** A version's ranges as the ledger holds them. */
export const storedVersionRanges = z.object({
  by: storedRangedBy,
  bounds,
  source: z.array(state),
  table: z.array(state),
  sinceWhole: z.number(),
  changedShare: z.number().exactOptional(),
});

/** A version built in steps, as the ledger holds it. */
export const storedUnfinished = z.object({
  version: z.number(),
  table: relation,
  by: storedRangedBy,
  bounds,
  filled: z.array(state),
  others: z.array(storedSourceState),
  begunAt: z.number(),
  touchedAt: z.number(),
  restarts: z.number(),
  cpuMs: z.number(),
});
