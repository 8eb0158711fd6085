import { z } from 'zod';
import { duration } from '../base/duration.ts';

/** What becomes of marts whose sources change under them. */
export const driftSettings = z
  .strictObject({
    keepLastGood: z
      .boolean()
      .default(true)
      .describe(
        'Readers of a mart whose definition can no longer be computed keep its last version beyond its staleness bound, its age told in the comment of the view. When false they get the error of the warehouse once the bound has passed.',
      ),
    follow: z
      .enum(['auto', 'propose'])
      .default('auto')
      .describe(
        'Whether mode auto rewrites a mart of our own by itself when a source was renamed, moved or widened and the rewritten definition gives exactly the rows readers have. Definitions that were taken over are always proposed.',
      ),
    rowsFell: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe(
        'A source that lost more than this share of its rows since a version was built from it begins an incident; 1 leaves only sources that are empty.',
      ),
    lateFactor: z
      .number()
      .min(1)
      .default(3)
      .describe(
        'A source that has not changed for this many times the longest pause between its last changes begins an incident.',
      ),
    acceptAfter: duration('3d').describe(
      'Rows that fell and stay so this long are taken for what the source holds now: the incident ends.',
    ),
  })
  .prefault({});

export type DriftSettings = z.infer<typeof driftSettings>;
