import { z } from 'zod';
import { duration } from '../../base/duration.ts';

/** The `words:` section: how much may be read to compare what readers mean by one word. */
export const wordsSettings = z
  .strictObject({
    evidenceDays: z
      .int()
      .min(1)
      .default(90)
      .describe(
        'Days back in which statements are looked at for measures; at most usage.factRetentionDays are remembered.',
      ),
    maxRows: z
      .int()
      .min(0)
      .default(50_000_000)
      .describe(
        'Rows of all tables together that comparing the definitions of one word may read; beyond it they are told without their totals. 0 reads nothing.',
      ),
    timeout: duration('30s').describe('How long such a comparison may run in the warehouse.'),
  })
  .prefault({});

export type WordsSettings = z.infer<typeof wordsSettings>;
