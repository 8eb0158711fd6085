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

const settings = z.strictObject({
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
  slotPrices: z
    .strictObject({
      usdPerTib: z
        .number()
        .positive()
        .describe(
          'Beside `billing: bytes`, where reservations run some of the jobs: what a TiB costs on demand, next to a slot-hour of theirs. Only the ratio counts: work is told in TiB, whose price is in the price file.',
        ),
      standard: z
        .number()
        .positive()
        .optional()
        .describe(
          'What a slot-hour of the Standard edition costs. Leave out editions whose slots stand on another line than what is paid on demand (cash, or capacity that is committed anyway): their jobs count as free.',
        ),
      enterprise: z
        .number()
        .positive()
        .optional()
        .describe('A slot-hour of the Enterprise edition.'),
      enterprisePlus: z
        .number()
        .positive()
        .optional()
        .describe('A slot-hour of the Enterprise Plus edition.'),
    })
    .optional()
    .describe(
      'What slots of reservations cost by edition, next to a TiB on demand, where one project has both.',
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

/** How to reach BigQuery, with separate identities for reading and writing. */
export const bigquerySettings = settings.refine(
  ({ billing, slotPrices }) => slotPrices === undefined || billing === 'bytes',
  { path: ['slotPrices'], error: 'goes with `billing: bytes`: work is told in TiB then' },
);

export type BigquerySettings = z.infer<typeof bigquerySettings>;
