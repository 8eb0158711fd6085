import { z } from 'zod';
import { duration } from '../../base/duration.ts';

/** The `dbt:` section: the dbt project beside the warehouse, whose models are proposed to be edited. */
export const dbtSettings = z
  .strictObject({
    project: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Folder of the dbt project, with `dbt_project.yml` in it; without one nothing of dbt is read.',
      ),
    target: z
      .string()
      .min(1)
      .default('target')
      .describe(
        'Folder of its artifacts, relative to the project: `manifest.json`, and `catalog.json` and `run_results.json` where they are.',
      ),
    path: z
      .string()
      .regex(/^$|^(?!\/)(?!.*(^|\/)\.\.?(\/|$))[^\\]*[^/\\]$/, 'write a path inside the repository')
      .default('')
      .describe(
        'Where the project lies in the repository that proposals go to; empty at its root.',
      ),
    staleAfter: duration('30d').describe(
      'Artifacts older than this are told as stale, and no model is edited by them.',
    ),
  })
  .prefault({});

export type DbtSettings = z.infer<typeof dbtSettings>;
