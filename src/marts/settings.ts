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
    readerStaleness: z
      .array(
        z.strictObject({
          reader: z
            .string()
            .min(1)
            .describe('Its name: of a dashboard or model that tags its statements, else the user.'),
          maxStaleness: duration('15m').describe('How old the answers it gets may be.'),
        }),
      )
      .default([])
      .describe(
        'Readers who need fresher answers than `maxStaleness`: a mart is refreshed as its strictest reader asks for.',
      ),
    adoptable: z
      .array(
        z
          .strictObject({
            view: z
              .string()
              .min(1)
              .describe('A gold view Goldsmith may take over, e.g. `gold.daily_sales`.')
              .optional(),
            table: z
              .string()
              .min(1)
              .describe(
                'Instead of a view: a gold table Goldsmith may take over and refresh from now on. Switch off the job that builds it.',
              )
              .optional(),
            definition: z
              .string()
              .min(1)
              .describe(
                'The SELECT that makes the table; it must answer exactly as the table stands.',
              )
              .optional(),
            definitionFile: z
              .string()
              .min(1)
              .describe(
                'Instead of `definition`: a file that holds the SELECT alone; a relative path begins at the folder of this config file.',
              )
              .optional(),
            maxStaleness: duration('0s').describe(
              'How old its answers may be. The default `0s` keeps it a view: no physical mart can promise that.',
            ),
          })
          .superRefine(nameOne),
      )
      .default([])
      .describe(
        'Views and tables somebody else made that may be taken over, so that the statements naming them get faster unchanged.',
      ),
  })
  .prefault({});

/** A takeover is of a view, or of a table with its definition given in exactly one way. */
function nameOne(
  one: {
    readonly view?: string | undefined;
    readonly table?: string | undefined;
    readonly definition?: string | undefined;
    readonly definitionFile?: string | undefined;
  },
  context: z.RefinementCtx,
): void {
  const { view, table, definition, definitionFile } = one;
  const given = (definition === undefined ? 0 : 1) + (definitionFile === undefined ? 0 : 1);
  if ((view === undefined) === (table === undefined)) {
    context.addIssue({ code: 'custom', message: 'name either a `view` or a `table`' });
  } else if (given !== (table === undefined ? 0 : 1)) {
    context.addIssue({
      code: 'custom',
      message:
        table === undefined
          ? 'a view has its own definition; `definition` and `definitionFile` go with a `table`'
          : 'a table needs its `definition` or its `definitionFile`, one of them',
    });
  }
}

export type MartSettings = z.infer<typeof martSettings>;
