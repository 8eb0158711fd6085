import { z } from 'zod';
import { duration } from '../base/duration.ts';

/** The `prune:` section: when an attribute nobody reads may be hidden, and how long each step of the ladder lasts. */
export const pruneSettings = z
  .strictObject({
    enabled: z
      .boolean()
      .default(false)
      .describe('Whether unread attributes of marts are announced, hidden and tombstoned at all.'),
    protected: z
      .array(z.string().min(1))
      .default([])
      .describe('Attributes that always stay, as patterns: `gold.orders.*_id`, `*.legal_*`.'),
    watchFor: duration('100d').describe(
      'How long the use of an attribute must have been watched, and how long nobody may have named it.',
    ),
    minimumReadDays: z
      .int()
      .min(1)
      .default(30)
      .describe(
        'Days within the watch on which somebody read the relation: only those were chances to read the attribute.',
      ),
    coverageFloor: z
      .number()
      .min(0)
      .max(1)
      .default(0.9)
      .describe('Least share of the statements resolved to columns before anything is hidden.'),
    regretFactor: z
      .number()
      .min(0)
      .default(3)
      .describe(
        'What bringing an attribute back costs, in builds of the whole mart: the build itself, and whoever had to wait.',
      ),
    announceFor: duration('14d').describe(
      'How long an attribute stays announced before it is hidden.',
    ),
    hideFor: duration('90d').describe(
      'How long a hidden attribute stays answerable from beside the rows before it may be tombstoned.',
    ),
    tombstones: z
      .boolean()
      .default(false)
      .describe('Whether hidden attributes are tombstoned at all; otherwise they stay answerable.'),
    mostPerStep: z
      .int()
      .min(1)
      .default(50)
      .describe(
        'Attributes of one mart hidden in its first step; four times as many in each next one.',
      ),
    minimumCut: z
      .number()
      .min(-100)
      .max(1)
      .default(0.1)
      .describe(
        'Least cut in the thread time of a refresh, measured side by side, or the step is undone; below zero, a form may cost more.',
      ),
    paysWithin: duration('365d').describe(
      'Attributes are announced where what they save within this time is more than the builds that measure it cost.',
    ),
    maxPackShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe(
        'Rows of a joined relation at most, as a share of the mart’s, for its hidden attributes to lie beside the rows.',
      ),
    maxPackRows: z
      .int()
      .min(1)
      .default(1_000_000)
      .describe(
        'The same as a number of rows, on DuckDB: whoever selects such an attribute reads a list as long, and a dozen of such lists take half a gigabyte to build.',
      ),
  })
  .prefault({});

export type PruneSettings = z.infer<typeof pruneSettings>;
