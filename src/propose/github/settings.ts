import { z } from 'zod';
import { gitSettings } from '../git/settings.ts';

const app = z.strictObject({
  id: z.string().min(1).describe("The app's client id or number."),
  installation: z
    .string()
    .regex(/^\d+$/)
    .optional()
    .describe('Number of its installation; without it, the one on the repository is looked up.'),
  privateKey: z
    .string()
    .startsWith('-----BEGIN', 'the key in PEM, best as `${GITHUB_APP_KEY}`')
    .describe('Its private key, in PEM.'),
});

/** The `propose.github:` section: proposals as pull requests. */
export const githubSettings = z
  .strictObject({
    repository: z
      .string()
      .regex(/^[A-Za-z0-9-]+\/(?!\.+$)[\w.-]+$/, 'write owner/name')
      .describe('Where pull requests are opened.'),
    token: z
      .string()
      .min(1)
      .optional()
      .describe(
        'A token that may write contents and pull requests of this repository alone, best as `${GITHUB_TOKEN}`.',
      ),
    app: app.optional().describe('A GitHub App instead of a token.'),
    apiUrl: z
      .url({ protocol: /^https?$/ })
      .default('https://api.github.com')
      .describe('The REST API; `https://host/api/v3` on an Enterprise Server.'),
    remote: gitSettings.shape.remote
      .optional()
      .describe(
        'Where branches are pushed, if not over https to the repository with the same token.',
      ),
    branch: gitSettings.shape.branch,
    label: z
      .string()
      .min(1)
      .max(50)
      .default('goldsmith')
      .describe('Every pull request of Goldsmith carries it.'),
    folder: gitSettings.shape.folder,
    author: gitSettings.shape.author,
    timeout: gitSettings.shape.timeout,
  })
  .refine(
    ({ token, app: asApp }) => (token === undefined) !== (asApp === undefined),
    'give either a `token` or an `app`',
  );

export type GithubSettings = z.infer<typeof githubSettings>;
