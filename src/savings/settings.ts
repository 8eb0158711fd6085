import { z } from 'zod';
import { duration } from '../base/duration.ts';

/** How savings are measured; owned by this stage, composed by `config/`. */
export const savingsSettings = z
  .strictObject({
    holdOutShare: z
      .number()
      .min(0)
      .max(0.2)
      .default(0.02)
      .describe(
        'Share of eligible routed executions kept on base, chosen at random, as the measured counterfactual.',
      ),
    pairedRunsPerCycle: z
      .int()
      .min(0)
      .max(50)
      .default(2)
      .describe(
        'A/B/B/A runs per mart and cycle at most, where readers come by the stable view; their cost is debited.',
      ),
    pairedRunsEvery: duration('7d').describe(
      'Once every kind of statement has been measured, one is measured again after this long, if readers came twenty times since.',
    ),
    maturedAfterDays: z
      .int()
      .min(1)
      .default(3)
      .describe('Days of use after the build before a receipt counts as matured.'),
    maturedAfterRuns: z
      .int()
      .min(1)
      .default(3)
      .describe(
        'Measured executions needed on each side, base and mart, before a receipt counts as matured.',
      ),
  })
  .prefault({});

export type SavingsSettings = z.infer<typeof savingsSettings>;
