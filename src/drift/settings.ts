import { z } from 'zod';

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
  })
  .prefault({});

export type DriftSettings = z.infer<typeof driftSettings>;
