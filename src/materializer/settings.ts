import { z } from 'zod';
import { duration } from '../base/duration.ts';

const clockTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write a time of day in UTC: 22:00');

const moment = z.iso.datetime({ error: 'write a moment in UTC: 2026-12-20T00:00:00Z' });

/** Limits the executor itself keeps, whatever a plan says (law 12). */
export const capsSettings = z
  .strictObject({
    buildsPerDay: z
      .int()
      .min(0)
      .default(10)
      .describe('First builds of a mart begun per UTC day, failed ones included.'),
    maxBuildUsdPerDay: z
      .number()
      .min(0)
      .default(10)
      .describe(
        'Dollars the first builds begun per UTC day may cost together, each counted with the most it may take.',
      ),
    refreshesPerDay: z
      .int()
      .min(0)
      .default(1000)
      .describe('Refreshes of physical marts begun per UTC day, failed ones included.'),
    maxMarts: z.int().min(0).default(100).describe('Marts at most, adopted views included.'),
    maxStorageBytes: z
      .int()
      .min(0)
      .default(100_000_000_000)
      .describe("Bytes all hidden versions may take together, by the warehouse's own estimate."),
    freezeWindows: z
      .array(
        z.strictObject({
          from: moment.describe(
            'Nothing changes from this moment on, in UTC: `2026-12-20T00:00:00Z`.',
          ),
          until: moment.describe(
            'Changes are allowed again from this moment on, in UTC: `2027-01-02T00:00:00Z`.',
          ),
        }),
      )
      .default([])
      .meta({
        description:
          'Times in which nothing is changed, but for a view that must go back to its logical definition to stay fresh.',
        examples: [[{ from: '2026-12-20T00:00:00Z', until: '2027-01-02T00:00:00Z' }]],
      }),
    quietHours: z
      .strictObject({
        from: clockTime.describe('Builds are not begun from this time of day, in UTC: `22:00`.'),
        until: clockTime.describe('Builds may begin again at this time of day, in UTC: `06:00`.'),
      })
      .optional()
      .meta({
        description: 'Daily hours in which no build or refresh is begun.',
        examples: [{ from: '22:00', until: '06:00' }],
      }),
    killSwitchFile: z
      .string()
      .min(1)
      .optional()
      .meta({
        description: 'While a file of this name exists, nothing is changed at all.',
        examples: ['/run/goldsmith/stop'],
      }),
    grace: duration('7d').describe('How long a version stays hidden before it may be dropped.'),
    supersededGrace: duration('24h').describe(
      'The same for a version that a newer one of the same mart replaced.',
    ),
    ledgerRetention: duration('400d').describe(
      'How long the ledger remembers steps that ended and what checks refused. What a person declined, and what is owned, stays.',
    ),
    leaseTtl: duration('5m').describe(
      'How long the one hand is held without a sign of life before another Goldsmith may take over.',
    ),
    steps: z
      .strictObject({
        sourceRows: z
          .int()
          .min(1)
          .default(5_000_000)
          .describe(
            'Rows of its largest source that one step of a long build reads, about. A first build over more than twice as many is made in steps, a transaction each, where its definition falls into ranges of a date, a moment or a whole number.',
          ),
        perCycle: duration('5m').describe(
          'How long the steps of a cycle may take together; the next cycle goes on where they stopped.',
        ),
        restShare: z
          .number()
          .min(0)
          .max(10)
          .default(0.5)
          .describe(
            'How long to rest after each step, as a share of the time it took: the machine is the readers’ meanwhile.',
          ),
      })
      .prefault({})
      .describe('Long builds are made in steps that can be interrupted and resumed.'),
    replayStatements: z
      .int()
      .min(1)
      .default(12)
      .describe('Recent statements replayed at most on both sides before a mart is published.'),
    replayStatementTimeout: duration('60s').describe(
      'A replayed statement is cancelled in the warehouse after this long.',
    ),
  })
  .prefault({});

export type CapsSettings = z.infer<typeof capsSettings>;
