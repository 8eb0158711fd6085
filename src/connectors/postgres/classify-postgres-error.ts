import { GoldsmithError } from '../../base/goldsmith-error.ts';
import { ConnectorError, type ConnectorErrorCode } from '../connector-error.ts';

interface Rule {
  /** Start of the SQLSTATE, or the whole code of a fault of the network or of TLS. */
  readonly when: RegExp;
  readonly code: ConnectorErrorCode;
  /** Picks the name of an object out of the server's message; never a literal. */
  readonly addition?: RegExp;
}

/** By SQLSTATE (the message is in the server's language); first match wins. */
const RULES: readonly Rule[] = [
  { when: /^28/, code: 'CONNECTOR_SIGN_IN_FAILED' },
  { when: /^3D000/, code: 'CONNECTOR_DATABASE_MISSING', addition: /"[^"]+"/ },
  {
    when: /^42501/,
    code: 'CONNECTOR_PERMISSION_DENIED',
    addition: /(for|of) \w+( \w+)? "?[\w.$-]+"?/,
  },
  { when: /^25006/, code: 'CONNECTOR_READ_ONLY' },
  { when: /^(42P01|3F000)/, code: 'CONNECTOR_RELATION_MISSING', addition: /"[^"]+"/ },
  { when: /^(40|55P03)/, code: 'CONNECTOR_CONFLICT' },
  { when: /^25P02/, code: 'CONNECTOR_ABORTED' },
  { when: /^53100/, code: 'CONNECTOR_DISK_FULL' },
  { when: /^53200/, code: 'CONNECTOR_OUT_OF_MEMORY' },
  { when: /^53[34]/, code: 'CONNECTOR_FULL' },
  { when: /^57014/, code: 'CONNECTOR_CANCELLED' },
  {
    when: /^(08|57P0|ECONN|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|EHOST|ENETUNREACH|ENOENT)/,
    code: 'CONNECTOR_UNREACHABLE',
  },
  { when: /^(XX00[12]|58030)/, code: 'CONNECTOR_DAMAGED' },
  {
    when: /^(CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|ERR_TLS_|ERR_SSL_)/,
    code: 'CONNECTOR_TLS_REFUSED',
  },
  {
    when: /^2BP01/,
    code: 'CONNECTOR_BAD_SQL',
    addition: /cannot drop \w+( \w+)? [\w.$"-]+ because [\w ]+ depend on it/,
  },
  { when: /^(0A|2[0-7]|2B|2F|34|38|39|42|44|54|55000|P0)/, code: 'CONNECTOR_BAD_SQL' },
];

/** In place of the general sentence. */
const SENTENCES: Partial<Readonly<Record<ConnectorErrorCode, string>>> = {
  CONNECTOR_DATABASE_MISSING: 'has no such database; check warehouse.postgres.database',
};

/** Where to look: the general sentence does not know this warehouse's settings. */
const ADDITIONS: Partial<Readonly<Record<ConnectorErrorCode, string>>> = {
  CONNECTOR_TLS_REFUSED: 'warehouse.postgres.tls, against what the server offers',
};

/** What the driver tells without a code. */
const BY_TEXT: readonly (readonly [RegExp, ConnectorErrorCode])[] = [
  [/password must be a string|no password/i, 'CONNECTOR_SIGN_IN_FAILED'],
  [/does not support SSL/i, 'CONNECTOR_TLS_REFUSED'],
  [
    /connection terminated|timeout (expired|exceeded)|read timeout|connection error/i,
    'CONNECTOR_UNREACHABLE',
  ],
];

/** The driver's error in our words; what is ours already passes through unchanged. */
export function classifyPostgresError(cause: unknown, connection: string): Error {
  if (cause instanceof GoldsmithError) {
    return cause;
  }
  const { code: found, message, schema } = fieldsOf(cause);
  if (isCatalogRace({ found, message, schema })) {
    return new ConnectorError('CONNECTOR_CONFLICT', connection, { cause });
  }
  const rule = RULES.find(({ when }) => when.test(found));
  if (rule === undefined) {
    const code = BY_TEXT.find(([text]) => text.test(message))?.[1] ?? 'CONNECTOR_UNKNOWN';
    return new ConnectorError(code, connection, { cause, addition: ADDITIONS[code] });
  }
  const named = rule.addition?.exec(message)?.[0];
  const addition =
    named ??
    ADDITIONS[rule.code] ??
    (rule.code === 'CONNECTOR_BAD_SQL' ? `SQLSTATE ${found}` : undefined);
  const sentence = SENTENCES[rule.code];
  return new ConnectorError(rule.code, connection, { cause, addition, sentence });
}

/** Two sessions that make or change one object at once meet in the catalog itself. */
function isCatalogRace({
  found,
  message,
  schema,
}: {
  readonly found: string;
  readonly message: string;
  readonly schema: string;
}): boolean {
  return (
    (found === '23505' && schema === 'pg_catalog') ||
    (found === 'XX000' && message.startsWith('tuple concurrently'))
  );
}

function fieldsOf(cause: unknown) {
  const { code, message, schema } = (cause ?? {}) as Readonly<Record<string, unknown>>;
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return { code: text(code), message: text(message), schema: text(schema) };
}
