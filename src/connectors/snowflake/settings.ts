import { z } from 'zod';
import { duration } from '../../base/duration.ts';

const secretFile = (what: string) =>
  z.string().min(1).describe(`A file that holds ${what} alone, read anew at every sign-in.`);

/** How an identity signs in. There is no password: Snowflake blocks them for services. */
const signIn = z.discriminatedUnion('method', [
  z.strictObject({
    method: z.literal('key-pair').describe('A JSON web token signed with a private key.'),
    user: z.string().min(1).describe('The service user.'),
    privateKeyFile: secretFile('the private key (PEM, PKCS 8)'),
    passphrase: z
      .string()
      .min(1)
      .optional()
      .describe('Opens an encrypted key; write `${NAME}` to take it from the environment.'),
  }),
  z.strictObject({
    method: z
      .literal('oauth-client-credentials')
      .describe('A token asked of an identity provider with our own client id and secret.'),
    user: z.string().min(1).describe('The service user the provider’s token stands for.'),
    clientId: z.string().min(1).describe('Our id at the provider.'),
    clientSecretFile: secretFile('the client’s secret'),
    tokenUrl: z.url().describe('Where the provider gives tokens.'),
    scope: z.string().min(1).optional().describe('The scope asked for; usually of the role.'),
  }),
  z.strictObject({
    method: z.literal('token').describe('A programmatic access token.'),
    user: z.string().min(1).describe('The service user it was made for.'),
    tokenFile: secretFile('the token'),
  }),
  z.strictObject({
    method: z.literal('oauth-token').describe('An OAuth access token that others keep fresh.'),
    user: z.string().min(1).describe('The service user it stands for.'),
    tokenFile: secretFile('the token'),
  }),
  z.strictObject({
    method: z
      .literal('workload-identity')
      .describe('The identity of the machine or pod Goldsmith runs on.'),
    user: z.string().min(1).describe('The service user it stands for.'),
    provider: z.enum(['AWS', 'AZURE', 'GCP', 'OIDC']).describe('Who vouches for it.'),
    tokenFile: secretFile('the token, where `provider` is `OIDC`').optional(),
  }),
]);

export type SnowflakeSignIn = z.infer<typeof signIn>;

function identity(who: string) {
  return z.strictObject({
    role: z.string().min(1).describe(`The role that ${who}.`),
    warehouse: z.string().min(1).describe('The virtual warehouse its statements run on.'),
    creditsPerHour: z
      .number()
      .positive()
      .default(1)
      .describe('Credits an hour of that warehouse costs: 1 for XS, 2 for S, 4 for M.'),
    signIn,
  });
}

/** How to reach a Snowflake account, with separate identities for reading and writing. */
export const snowflakeSettings = z.strictObject({
  account: z
    .string()
    .min(1)
    .describe(
      'The account identifier, such as `myorg-account1`, without `snowflakecomputing.com`.',
    ),
  url: z
    .url()
    .optional()
    .describe('Its address where it is another one than the account’s own: a private link.'),
  database: z.string().min(1).describe('The database beside which Goldsmith stands, as stored.'),
  schema: z
    .string()
    .min(1)
    .default('PUBLIC')
    .describe('Where names without a schema are looked up, as stored.'),
  reader: identity('reads the history, the catalog and the tables, and writes nothing'),
  writer: identity('builds, publishes and keeps the ledger')
    .optional()
    .describe('Without it nothing is ever written.'),
  statementTimeout: duration('1h').describe(
    'Most time a statement of Goldsmith may take where nothing shorter is asked: the cap on what it can cost.',
  ),
});

export type SnowflakeSettings = z.infer<typeof snowflakeSettings>;

/** A relation as SQL writes it: it goes into statements as it stands. */
const relation = z
  .string()
  .regex(
    /^("[^"]+"|\w+)(\.("[^"]+"|[\w$]+)){0,2}$/,
    'write a relation’s name, such as `DB.SCHEMA.NAME`',
  );

/** The account's own query history. */
export const snowflakeHistorySettings = z.strictObject({
  source: z
    .literal('snowflake-history')
    .describe('Snowflake’s query history, counted by hash in the account, hour by closed hour.'),
  relation: relation
    .default('SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY')
    .describe('The view, or a customer’s own view or copy with its columns.'),
  attribution: relation
    .default('SNOWFLAKE.ACCOUNT_USAGE.QUERY_ATTRIBUTION_HISTORY')
    .describe('Where the account tells the credits of statements, hours later.'),
  sessions: relation
    .optional()
    .describe(
      'Where the account tells the client application of a session: `SNOWFLAKE.ACCOUNT_USAGE.SESSIONS`, which takes SECURITY_VIEWER and is three hours late, so that hours are read no earlier. Absent: the user stands for the client.',
    ),
  latency: duration('1h').describe('How late the view may be; younger hours are not read yet.'),
  lookback: duration('14d').describe('How far back the first look goes.'),
  cutAt: z
    .int()
    .min(1000)
    .default(100_000)
    .describe(
      'Statements with as many characters were cut there, and are not mined: the account’s own view cuts at 100,000, a copy may cut sooner.',
    ),
});
