import { GoldsmithError } from '../../base/goldsmith-error.ts';
import { ConnectorError, type ConnectorErrorCode } from '../connector-error.ts';

interface Rule {
  /** Start of the SQLSTATE and the error class, or the code of a fault of the network or of TLS: `42P01 TABLE_OR_VIEW_NOT_FOUND`. */
  readonly when: RegExp;
  readonly code: ConnectorErrorCode;
  /** Picks the name of an object out of the warehouse's message; never a literal. */
  readonly addition?: RegExp;
}

const NAME = /`[^`]+`(\.`[^`]+`)*/;

/** By SQLSTATE and error class; first match wins. */
const RULES: readonly Rule[] = [
  {
    when: /INSUFFICIENT_PERMISSIONS|PERMISSION_DENIED|^42501/,
    code: 'CONNECTOR_PERMISSION_DENIED',
    addition: /on (Table|View|Schema|Catalog|Volume|Function|Routine) ['`][\w.`-]+['`]/i,
  },
  {
    when: /(TABLE_OR_VIEW|SCHEMA|CATALOG|DELTA_TABLE|DELTA_PATH)\w*_NOT_FOUND|^(42P01|3F000)/,
    code: 'CONNECTOR_RELATION_MISSING',
    addition: NAME,
  },
  { when: /NO_SUCH_CATALOG/, code: 'CONNECTOR_DATABASE_MISSING', addition: NAME },
  { when: /DELTA_CONCURRENT|CONCURRENT_\w+_CONFLICT|^(2D521|40)/, code: 'CONNECTOR_CONFLICT' },
  { when: /QUERY_EXECUTION_TIMEOUT_EXCEEDED/, code: 'CONNECTOR_TIMEOUT' },
  { when: /OUT_OF_MEMORY|^53200/, code: 'CONNECTOR_OUT_OF_MEMORY' },
  { when: /^HY008|QUERY_CANCELED|OPERATION_CANCELED/, code: 'CONNECTOR_CANCELLED' },
  {
    when: /^(08|ECONN|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|EHOST|ENETUNREACH|ERR_STREAM_PREMATURE)/,
    code: 'CONNECTOR_UNREACHABLE',
  },
  {
    when: /^(CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|ERR_TLS_|ERR_SSL_)/,
    code: 'CONNECTOR_TLS_REFUSED',
  },
  // What the account does not keep as a materialized view, whichever SQLSTATE it says it under.
  { when: /\b(MATERIALIZED_VIEW|MV_ST|MV|PIPELINE|DLT)_\w/, code: 'CONNECTOR_BAD_SQL' },
  { when: /^(0A|07|2[0-7]|2B|2F|38|39|42|44|54|55|56|P0)/, code: 'CONNECTOR_BAD_SQL' },
];

const BEFORE = 'what stands between did not reach the workspace; check HTTPS_PROXY';

const BY_STATUS: Readonly<Record<number, readonly [ConnectorErrorCode, string]>> = {
  400: [
    'CONNECTOR_SIGN_IN_FAILED',
    'HTTP 400; check warehouse.databricks.httpPath and the identity',
  ],
  401: ['CONNECTOR_SIGN_IN_FAILED', 'HTTP 401'],
  403: [
    'CONNECTOR_SIGN_IN_FAILED',
    'HTTP 403; grant CAN USE on the warehouse, or add this address to the access list',
  ],
  407: ['CONNECTOR_UNREACHABLE', 'HTTP 407; the proxy asks who we are; check HTTPS_PROXY'],
  404: ['CONNECTOR_DATABASE_MISSING', 'HTTP 404'],
  429: ['CONNECTOR_FULL', 'HTTP 429'],
  503: [
    'CONNECTOR_UNREACHABLE',
    'HTTP 503; the warehouse is starting, or the workspace itself failed; it can be tried again',
  ],
  502: ['CONNECTOR_UNREACHABLE', `HTTP 502; ${BEFORE}`],
  504: ['CONNECTOR_UNREACHABLE', `HTTP 504; ${BEFORE}`],
};

const NO_WAREHOUSE = 'has no SQL warehouse at that path; check warehouse.databricks.httpPath';
const NO_CATALOG = 'has no such catalog; check warehouse.databricks.catalog';

/** What to do where the general sentence does not know this warehouse's settings. */
const ADDITIONS: Partial<Readonly<Record<ConnectorErrorCode, string>>> = {
  CONNECTOR_TLS_REFUSED:
    'behind a proxy that looks into TLS, name its authority in warehouse.databricks.caFile',
};

/** What a warehouse that cannot be reached is known to be about: it starts, or it lost what it had for us when it stopped. */
export type WarehouseState = 'starting' | 'forgot the session' | 'forgot the statement';

/** By the words of a refused call, which has neither SQLSTATE nor error class. */
const STATES: readonly {
  readonly says: RegExp;
  readonly state: WarehouseState;
  readonly addition: string;
}[] = [
  {
    says: /TEMPORARILY_UNAVAILABLE|is temporarily unavailable|Couldn't create directory \S+_resources|\b(warehouse|cluster)\b.{0,80}\bis (starting|stopped)\b/i,
    state: 'starting',
    addition: 'it is starting',
  },
  {
    says: /Invalid SessionHandle|\bsession\b.{0,120}\b(not been initialized|closed|expired)\b/i,
    state: 'forgot the session',
    addition: 'it forgot our session',
  },
  {
    says: /Invalid OperationHandle/i,
    state: 'forgot the statement',
    addition: 'it forgot our statement',
  },
];

/** What this fault tells of the warehouse, where it does. */
export function stateTold(error: unknown): WarehouseState | undefined {
  return error instanceof ConnectorError
    ? (error.details['state'] as WarehouseState | undefined)
    : undefined;
}

const PROXY = 'what stands between did not let us through';

/** The driver's error in our words; what is ours already passes through unchanged. */
export function classifyDatabricksError(cause: unknown, connection: string): Error {
  if (cause instanceof GoldsmithError) {
    return cause;
  }
  const { status, sqlState, message, code, state } = fieldsOf(cause);
  if (status !== undefined) {
    const [meaning, addition] = BY_STATUS[status] ?? [
      'CONNECTOR_UNREACHABLE',
      `HTTP ${status}; the workspace itself failed, it can be tried again`,
    ];
    const sentence = status === 404 ? NO_WAREHOUSE : undefined;
    const details = status === 503 ? { state: 'starting' satisfies WarehouseState } : {};
    return new ConnectorError(meaning, connection, { cause, addition, sentence, details });
  }
  if (code.startsWith('ERR_PROXY_')) {
    const [, refused] = /HTTP\/1\.\d (\d{3})/.exec(message) ?? [];
    const addition = refused === '407' ? BY_STATUS[407]?.[1] : `${PROXY}; check HTTPS_PROXY`;
    return new ConnectorError('CONNECTOR_UNREACHABLE', connection, { cause, addition });
  }
  if (state === 'CANCELED' || state === 'CLOSED') {
    return new ConnectorError('CONNECTOR_CANCELLED', connection, { cause });
  }
  if (state === 'TIMEOUT') {
    return new ConnectorError('CONNECTOR_TIMEOUT', connection, { cause });
  }
  const [, errorClass = ''] = /^[^[]{0,80}\[([A-Z0-9_.]+)\]/.exec(message) ?? [];
  const known = STATES.find(({ says }) => errorClass === '' && says.test(message));
  if (known !== undefined) {
    const { addition, state } = known;
    const details = { state };
    return new ConnectorError('CONNECTOR_UNREACHABLE', connection, { cause, addition, details });
  }
  const told = code === '' ? `${sqlState} ${errorClass}` : code;
  const rule = RULES.find(({ when }) => when.test(told));
  if (rule === undefined) {
    const isNetwork = /socket hang up|premature close|timed out|timeout|network/i.test(message);
    const meaning = isNetwork ? 'CONNECTOR_UNREACHABLE' : 'CONNECTOR_UNKNOWN';
    return new ConnectorError(meaning, connection, { cause });
  }
  const addition =
    rule.addition?.exec(message)?.[0] ??
    ADDITIONS[rule.code] ??
    (rule.code === 'CONNECTOR_BAD_SQL' ? `${errorClass || 'SQLSTATE'} ${sqlState}` : undefined);
  const sentence = rule.code === 'CONNECTOR_DATABASE_MISSING' ? NO_CATALOG : undefined;
  return new ConnectorError(rule.code, connection, { cause, addition, sentence });
}

/** Whether the warehouse did not know our token: nothing was done, and another token may be taken. */
export function isUnauthorised(cause: unknown): boolean {
  return fieldsOf(cause).status === 401;
}

/** The driver keeps these in several places: its own errors, those of HTTP, and those it gave up after. */
function fieldsOf(cause: unknown): {
  readonly status: number | undefined;
  readonly sqlState: string;
  readonly message: string;
  readonly code: string;
  readonly state: string;
} {
  const { statusCode, response, message, code, errorCode, payload, errno } = record(cause);
  const inner = record(payload);
  const given = record(response);
  const after = record(inner['response']);
  const status = [statusCode, after['status']].find((one) => typeof one === 'number');
  return {
    status: typeof status === 'number' ? status : undefined,
    sqlState: text(given['sqlState']),
    message: text(given['errorMessage']) || text(message),
    code: text(code) || text(errno) || text(inner['code']),
    state: text(errorCode),
  };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
