import { z } from 'zod';
import { duration } from '../base/duration.ts';

/** Where marts live and which of other people's views may be taken over. */
export const martSettings = z
  .strictObject({
    goldSchema: z
      .string()
      .min(1)
      .default('gold')
      .describe('Schema of the stable views readers name.'),
    dataSchema: z
      .string()
      .min(1)
      .default('gold_data')
      .describe(
        'Schema of the hidden versioned tables behind them. Readers need no access to it by name.',
      ),
    ledgerSchema: z
      .string()
      .min(1)
      .default('goldsmith')
      .describe('Schema of the ledger: what Goldsmith owns, did, and was told not to do.'),
    maxStaleness: duration('1h').describe(
      "How old an answer from a mart of Goldsmith's own may be. `0s` allows no physical mart where the warehouse cannot tell changes while reading.",
    ),
    adoptable: z
      .array(
        z.strictObject({
          view: z
            .string()
            .min(1)
            .describe('A gold view Goldsmith may take over, e.g. `gold.daily_sales`.'),
          maxStaleness: duration('0s').describe(
            'How old its answers may be. The default `0s` keeps it a view: no physical mart can promise that.',
          ),
        }),
      )
      .default([])
      .describe(
        'Views somebody else wrote that may be taken over, so that the statements naming them get faster unchanged.',
      ),
  })
  .prefault({});

export type MartSettings = z.infer<typeof martSettings>;
