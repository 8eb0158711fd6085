import { z } from 'zod';
import { duration } from '../../base/duration.ts';

/** Who signs in, and where the password comes from. */
function identity(who: string) {
  return z.strictObject({
    user: z.string().min(1).describe(`The role that ${who}.`),
    password: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Its password; write `${NAME}` to take it from the environment. Without it and `passwordFile`, the password file (`PGPASSFILE`, `~/.pgpass`) is asked, or a certificate signs in.',
      ),
    passwordFile: z
      .string()
      .min(1)
      .optional()
      .describe('A file that holds the password alone, read anew at every connection.'),
  });
}

/** How to reach a PostgreSQL server, with separate identities for reading and writing. */
export const postgresSettings = z.strictObject({
  host: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('Host name or address of the PostgreSQL server, or the folder of its Unix socket.'),
  port: z.int().min(1).max(65_535).default(5432).describe('Its port.'),
  database: z.string().min(1).describe('The database beside which Goldsmith stands.'),
  searchPath: z
    .array(z.string().min(1))
    .min(1)
    .default(['public'])
    .describe('Schemas in which names without one are looked up.'),
  reader: identity('reads the history, the catalog and the tables, and writes nothing'),
  writer: identity('builds, publishes and keeps the ledger')
    .optional()
    .describe('Without it nothing is ever written.'),
  tls: z
    .strictObject({
      mode: z
        .enum(['off', 'encrypt', 'verify'])
        .default('verify')
        .describe(
          '`verify` checks the server’s certificate and name, `encrypt` takes any certificate, `off` sends everything in the clear.',
        ),
      caFile: z
        .string()
        .min(1)
        .optional()
        .describe('Certificates of authorities to trust, in place of the usual ones.'),
      certFile: z.string().min(1).optional().describe('Our own certificate, to sign in with.'),
      keyFile: z.string().min(1).optional().describe('The key of our own certificate.'),
    })
    .prefault({}),
  connectTimeout: duration('10s').describe('How long to wait for a connection.'),
  statementTimeout: duration('1h').describe(
    'Most time a statement of Goldsmith may take; the server cancels it. Where the call or the role’s own `statement_timeout` has less, that holds.',
  ),
});

export type PostgresSettings = z.infer<typeof postgresSettings>;
