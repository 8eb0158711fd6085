import { GoldsmithError } from '../../base/goldsmith-error.ts';
import { ConnectorError, type ConnectorErrorCode } from '../connector-error.ts';

interface Rule {
  /** The server's code (six digits), the driver's (four hundred thousands), or a fault of the network. */
  readonly when: RegExp;
  readonly code: ConnectorErrorCode;
  /** Picks the name of an object out of the server's message; never a literal. */
  readonly addition?: RegExp;
}

const OBJECT = /(?:Object|Table|View|Schema|Database|table|schema|database|warehouse) '[^']+'/;

/** By code (messages may change); first match wins. */
const RULES: readonly Rule[] = [
  {
    when: /^(2001|2003|2043)$|^00(2001|2003|2043)$/,
    code: 'CONNECTOR_RELATION_MISSING',
    addition: OBJECT,
  },
  { when: /^(00)?3001$|^000606$|^000666$/, code: 'CONNECTOR_PERMISSION_DENIED', addition: OBJECT },
  { when: /^000604$/, code: 'CONNECTOR_CANCELLED' },
  { when: /^00063[01]$/, code: 'CONNECTOR_TIMEOUT', addition: /\d+ second\(s\)/ },
  { when: /^000(625|626|627|638|639)$/, code: 'CONNECTOR_CONFLICT' },
  { when: /^39(0[0-3]\d\d|4\d\d\d)$/, code: 'CONNECTOR_SIGN_IN_FAILED' },
  { when: /^(405501|405503|407002|401001|402001|402002)$/, code: 'CONNECTOR_UNREACHABLE' },
  {
    when: /^(ECONN|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|EHOST|ENETUNREACH|ERR_STREAM|Z_BUF)/,
    code: 'CONNECTOR_UNREACHABLE',
  },
  { when: /^(CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|ERR_TLS_)/, code: 'CONNECTOR_TLS_REFUSED' },
  { when: /^(00\d{4}|1\d{5}|2\d{5})$/, code: 'CONNECTOR_BAD_SQL' },
];

/** The account tells both alike. */
const MISSING_OR_HIDDEN =
  'has no such relation (any more), or our role may not see it; check the name and the role’s grants, or run the next cycle';

/** Where to look: the general sentence does not know how this driver is told. */
const ADDITIONS: Partial<Readonly<Record<ConnectorErrorCode, string>>> = {
  CONNECTOR_TLS_REFUSED: 'NODE_EXTRA_CA_CERTS names an authority of your own',
};

/** Tokens that ran out, and sessions that are gone: the statement was not carried out, another connection may carry it. */
const SESSION_GONE = /^(390111|390112|390114|390104|390195|407001)$/;

/** The driver's error in our words; what is ours already passes through unchanged. */
export function classifySnowflakeError(cause: unknown, connection: string): Error {
  if (cause instanceof GoldsmithError) {
    return cause;
  }
  const { codes, message, status } = fieldsOf(cause);
  if (codes.some((code) => SESSION_GONE.test(code))) {
    return new ConnectorError('CONNECTOR_UNREACHABLE', connection, {
      cause,
      addition: 'the session ended',
    });
  }
  const rule = RULES.find(({ when }) => codes.some((code) => when.test(code)));
  if (rule === undefined) {
    return new ConnectorError(byStatus(status), connection, { cause, addition: told(status) });
  }
  const named = rule.addition?.exec(message)?.[0];
  const addition =
    named ??
    ADDITIONS[rule.code] ??
    (rule.code === 'CONNECTOR_BAD_SQL' ? `code ${codes[0]}` : undefined);
  if (rule.code !== 'CONNECTOR_RELATION_MISSING') {
    return new ConnectorError(rule.code, connection, { cause, addition });
  }
  const missingSchema = /^Schema '([^']+)'/i.exec(named ?? '')?.[1];
  return new ConnectorError(rule.code, connection, {
    cause,
    addition,
    sentence: MISSING_OR_HIDDEN,
    ...(missingSchema === undefined ? {} : { details: { missingSchema } }),
  });
}

function byStatus(status: number | undefined): ConnectorErrorCode {
  if (status === undefined) {
    return 'CONNECTOR_UNKNOWN';
  }
  return status === 401 ? 'CONNECTOR_SIGN_IN_FAILED' : 'CONNECTOR_UNREACHABLE';
}

function told(status: number | undefined): string | undefined {
  if (status === 407) {
    return 'status 407: the proxy asks who we are; check HTTPS_PROXY';
  }
  if (status === 502 || status === 504) {
    return `status ${status}: what stands between did not reach the account; check HTTPS_PROXY`;
  }
  if (status === 403 || status === 404) {
    return `status ${status}: check warehouse.snowflake.account, and network policies`;
  }
  if (status !== undefined && status >= 500) {
    return `status ${status}: the account itself failed; it can be tried again`;
  }
  return status === undefined ? undefined : `status ${status}`;
}

/** The driver nests what it met: its own code outside, the network's within. */
function fieldsOf(cause: unknown) {
  const outer = (cause ?? {}) as Readonly<Record<string, unknown>>;
  const inner = (outer['cause'] ?? {}) as Readonly<Record<string, unknown>>;
  const response = (outer['response'] ?? inner['response'] ?? {}) as Readonly<
    Record<string, unknown>
  >;
  const status = response['statusCode'] ?? response['status'];
  const text = (value: unknown) => {
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  return {
    codes: [text(outer['code']), text(inner['code'])].filter((code) => code !== ''),
    message: text(outer['message']),
    status: typeof status === 'number' ? status : undefined,
  };
}
