import { z } from 'zod';
import { duration } from '../base/duration.ts';

/** When a mart should exist: the brakes of a decision. Caps are the executor's (`caps:`), and are read here too. */
export const decisionSettings = z
  .strictObject({
    evidenceDays: z
      .int()
      .min(1)
      .max(90)
      .default(14)
      .describe('Days of history a decision rests on.'),
    minimumRuns: z
      .int()
      .min(1)
      .default(40)
      .describe(
        'Runs with a road to the mart within the evidence window before it may be built; not asked where waiting has cost as much as building.',
      ),
    minimumReaders: z
      .int()
      .min(1)
      .default(2)
      .describe(
        'Distinct readers within the evidence window; within the last quarter where waiting has cost as much as building.',
      ),
    minimumDays: z
      .int()
      .min(1)
      .default(3)
      .describe('Distinct days with runs, within the same time.'),
    decisiveMultiple: z
      .number()
      .min(1)
      .default(10)
      .describe(
        'Money alone decides where the missed savings are at least this many times the build cost, however few the runs and readers.',
      ),
    minimumGain: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe(
        'Least cut in thread time per run, as a share of base: predicted here, measured before publishing.',
      ),
    buildMargin: z
      .number()
      .min(0.1)
      .max(10)
      .default(1)
      .describe(
        'Missed savings must pass the build cost times this (alpha of the ski-rental rule).',
      ),
    demoteMargin: z
      .number()
      .min(1)
      .max(10)
      .default(2)
      .describe(
        'A physical mart goes back to a view when its net loss passes the build cost times this (beta).',
      ),
    minimumLifeDays: z
      .int()
      .min(0)
      .max(90)
      .default(7)
      .describe(
        'Days a mart stays physical before it may be given up for its money: a week has its quiet days. Freshness does not wait, nor the end of a season it was built for.',
      ),
    paybackDays: z
      .int()
      .min(1)
      .max(365)
      .default(14)
      .describe(
        'Days within which a build must have paid back, by the lower bound of the forecast, where the demand is new.',
      ),
    longestPaybackDays: z
      .int()
      .min(1)
      .max(365)
      .default(60)
      .describe(
        'The same where the demand has lasted: twice as long as it has been asked for, up to these days; beyond them only where waiting has cost as much as building.',
      ),
    maxRowsShare: z
      .number()
      .min(0.001)
      .max(1)
      .default(0.3)
      .describe('Rows of an aggregate mart at most, as a share of the rows it groups.'),
    coverageFloor: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe(
        'Least share of the cost of the history we understood before anything is taken over or dropped.',
      ),
    declinedFor: duration('90d').describe(
      'No second attempt for this long after a person said no or a mart was rolled back.',
    ),
    retryFailedAfter: duration('3d').describe(
      'How long after a failed build or check before the same mart is tried again. A refresh that failed rests ten times as long as failures took since, at most this long; after the first it is tried once more before its mart is too old.',
    ),
    wholeProofEvery: z
      .int()
      .min(1)
      .default(20)
      .describe(
        'A mart refreshed by range or by addition is compared with its whole definition again at least every so many refreshes.',
      ),
    nativeShapes: z
      .boolean()
      .default(false)
      .describe(
        'Whether a version may be what the warehouse itself brings up to date (a materialized view of PostgreSQL, BigQuery or Databricks, a dynamic table or a materialized view of Snowflake) where its definition qualifies and that costs less than a table. Such a version is refreshed in its place: elsewhere than in PostgreSQL readers see a refresh before it is proved, and `route` does not answer from it.',
      ),
    refreshWindow: duration('4h').describe(
      'Thread time a day that the refreshes of all marts may take, as estimated when one more is built.',
    ),
    routeClients: z
      .array(z.string().min(1))
      .default([])
      .describe('Clients known to ask `route` before each statement, besides those seen asking.'),
    planExpiresAfter: duration('24h').describe('A plan not applied by then must be made anew.'),
  })
  .prefault({});

export type Policy = z.infer<typeof decisionSettings>;
