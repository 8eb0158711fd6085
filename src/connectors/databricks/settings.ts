import { z } from 'zod';
import { duration } from '../../base/duration.ts';

const secret = (what: string) =>
  z
    .string()
    .min(1)
    .optional()
    .describe(`${what}; write \`\${NAME}\` to take it from the environment.`);
const secretFile = (what: string) =>
  z
    .string()
    .min(1)
    .optional()
    .describe(`A file that holds ${what} alone, read anew at every sign-in.`);

/** Who signs in, and with what. */
function identity(who: string) {
  return z
    .discriminatedUnion('signIn', [
      z.strictObject({
        signIn: z.literal('oauth').describe('A service principal with an OAuth secret (M2M).'),
        clientId: z.string().min(1).describe('The service principal’s application id.'),
        clientSecret: secret('Its OAuth secret'),
        clientSecretFile: secretFile('its OAuth secret'),
      }),
      z.strictObject({
        signIn: z.literal('token').describe('A personal access token.'),
        token: secret('The token'),
        tokenFile: secretFile('the token'),
      }),
      z.strictObject({
        signIn: z
          .literal('federation')
          .describe('A token that the workload’s own identity provider signed, exchanged.'),
        clientId: z
          .string()
          .min(1)
          .optional()
          .describe('The service principal whose federation policy admits the workload.'),
        subjectTokenFile: z
          .string()
          .min(1)
          .describe('Where the workload’s token lies; read anew at every sign-in.'),
      }),
    ])
    .describe(`Who ${who}, and how that one signs in.`);
}

/** How to reach a Databricks SQL warehouse, with separate identities for reading and writing. */
export const databricksSettings = z.strictObject({
  host: z.string().min(1).describe('Host name of the workspace, without `https://`.'),
  port: z.int().min(1).max(65_535).default(443).describe('Its port.'),
  httpPath: z
    .string()
    .min(1)
    .describe('HTTP path of the SQL warehouse, such as `/sql/1.0/warehouses/0123456789abcdef`.'),
  catalog: z.string().min(1).describe('The Unity Catalog catalog beside which Goldsmith stands.'),
  schema: z
    .string()
    .min(1)
    .default('default')
    .describe('The schema in which names without one are looked up.'),
  reader: identity('reads the history, the catalog and the tables, and writes nothing'),
  writer: identity('may build and publish')
    .optional()
    .describe('Without it nothing is ever written.'),
  caFile: z
    .string()
    .min(1)
    .optional()
    .describe('A certificate of an authority to trust besides the usual ones.'),
  connectTimeout: duration('5m').describe(
    'How long to wait for an answer of the warehouse; one that was stopped takes minutes to start.',
  ),
  statementTimeout: duration('1h').describe(
    'Most time a statement of ours may take on the warehouse: the cap on what one can cost.',
  ),
});

export type DatabricksSettings = z.infer<typeof databricksSettings>;
export type DatabricksIdentity = DatabricksSettings['reader'];
