import { z } from 'zod';
import { duration } from '../../base/duration.ts';

/** A branch name git takes and no option hides in. */
const BRANCH = /^(?!-)(?!.*(\.\.|\/\/|@\{|\.lock$|[/.]$))[\w./-]+$/;

/** The `propose.git:` section: proposals as branches of any git remote. */
export const gitSettings = z.strictObject({
  remote: z
    .string()
    .regex(
      /^(https?:\/\/|ssh:\/\/|file:\/\/|[\w.-]+@[\w.-]+:|\/)(?!.*\s)/,
      'write https://..., ssh://..., user@host:path, file://... or an absolute path',
    )
    .refine(
      (url) => !/^(https?:\/\/[^/]*@|\w+:\/\/[^/@]*:[^/@]*@)/.test(url),
      'no name or password here: put the password into `token`',
    )
    .describe(
      'Where proposals are pushed. Over ssh the key comes from the agent or `~/.ssh`; git asks nobody.',
    ),
  branch: z
    .string()
    .regex(BRANCH, 'write the plain name of a branch')
    .optional()
    .describe("Branch proposals are made from and merged into; without it, the remote's default."),
  username: z
    .string()
    .min(1)
    .default('x-access-token')
    .describe('User of an https remote; hosts that give out tokens take any.'),
  token: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Password or token of an https remote, best as `${GIT_TOKEN}`. It is never on a command line, in a file or in a log.',
    ),
  folder: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Folder of Goldsmith's own clone; without it, one beside the state file. Losing it costs a fetch.",
    ),
  author: z
    .strictObject({
      name: z
        .string()
        .regex(/^[^<>\n\r\0]+$/)
        .default('Goldsmith'),
      email: z
        .string()
        .regex(/^[^<>\s\0]+@[^<>\s\0]+$/)
        .default('goldsmith@noreply.invalid'),
    })
    .prefault({})
    .describe(
      'Whom commits name. By this address Goldsmith knows its own commits: nobody else should commit with it.',
    ),
  timeout: duration('2m').describe('How long one git command may take.'),
});

export type GitSettings = z.infer<typeof gitSettings>;
