import { z } from 'zod';
import { duration } from '../../base/duration.ts';

/** Who signs in. No key in the settings themselves: a file, or what the machine is. */
function identity(who: string) {
  return z.strictObject({
    keyFile: z
      .string()
      .min(1)
      .optional()
      .describe(
        `A credential file of whoever ${who}: workload identity federation (\`external_account\`), a service account’s key, or one that impersonates (\`impersonated_service_account\`). Without it the application default credentials sign in.`,
      ),
  });
}

/** How to reach BigQuery, with separate identities for reading and writing. */
export const bigquerySettings = z.strictObject({
  project: z.string().min(1).describe('The project whose datasets, jobs and bill these are.'),
  location: z
    .string()
    .min(1)
    .describe(
      'Where its datasets lie, such as `EU`, `US` or `europe-west3`; one Goldsmith a location.',
    ),
  dataset: z
    .string()
    .min(1)
    .optional()
    .describe('The dataset in which names without one are looked up.'),
  reader: identity('reads the history, the catalog and the tables, and writes nothing').prefault(
    {},
  ),
  writer: identity('builds, publishes and keeps the ledger')
    .optional()
    .describe('Without it nothing is ever written.'),
  billing: z
    .enum(['bytes', 'slots'])
    .default('bytes')
    .describe(
      '`bytes` where queries are paid on demand, `slots` where an edition’s reservation runs them. Set the price in the price file to match: a TiB, or a slot for an hour.',
    ),
  maxGibBilled: z
    .number()
    .positive()
    .default(1024)
    .describe(
      'GiB one statement of ours may be billed at most; beyond it the service refuses it unrun.',
    ),
  statementTimeout: duration('6h').describe(
    'How long the service lets a statement of ours run that has no limit of its own.',
  ),
  apiEndpoint: z
    .url()
    .optional()
    .describe('Where the service answers, for Private Service Connect, a proxy or an emulator.'),
});

export type BigquerySettings = z.infer<typeof bigquerySettings>;
