import { z } from 'zod';

const pathPattern = (standard: string, what: string) =>
  z
    .string()
    .regex(
      /^(?!\/)(?!.*(^|\/)\.)(?=.*\{name\})[\w./{}-]+$/,
      'write a path inside the repository with `{name}` in it, and `{schema}` where schemas get folders; no part may begin with a dot',
    )
    .default(standard)
    .describe(what);

/** The `propose.files:` section: where a proposal's files lie in the repository. */
export const fileSettings = z
  .strictObject({
    sql: pathPattern('marts/{schema}/{name}.sql', "A mart's statement, one file a mart."),
    contracts: pathPattern(
      'contracts/{schema}/{name}.odcs.yaml',
      'Its data contract (ODCS v3). A file people wrote there before is edited, not written anew.',
    ),
    record: z
      .array(z.enum(['build', 'prune', 'drop', 'follow']))
      .default(['follow'])
      .describe(
        'Of what mode `auto` did without asking, the kinds whose files are offered to the repository too, for people to merge.',
      ),
    owner: z
      .string()
      .min(1)
      .optional()
      .describe('The team a new contract names; an owner people wrote stays.'),
  })
  .prefault({});

export type FileSettings = z.infer<typeof fileSettings>;
