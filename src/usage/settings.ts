import { z } from 'zod';

/** The `usage:` section: how far Goldsmith's memory of the history goes back. */
export const usageSettings = z
  .strictObject({
    halfLifeDays: z
      .number()
      .positive()
      .default(14)
      .describe('Days after which a run counts half in the join graph.'),
    idRetentionDays: z
      .int()
      .min(2)
      .default(60)
      .describe(
        'Days for which statement ids are remembered, so that duplicates change nothing. Statements that come later than this are counted and left out.',
      ),
    factRetentionDays: z
      .int()
      .min(14)
      .default(120)
      .describe('Days for which runs, cost and readers per template are kept.'),
    columnRetentionDays: z
      .int()
      .min(100)
      .default(400)
      .describe('Days for which it is remembered which reader used which column.'),
  })
  .prefault({});

export type UsageSettings = z.infer<typeof usageSettings>;
