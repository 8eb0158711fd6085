import { GoldsmithError } from '../../base/goldsmith-error.ts';
import { ConnectorError, type ConnectorErrorCode } from '../connector-error.ts';

interface Rule {
  /** The service's reason, or the code of a fault of the network. */
  readonly when: RegExp;
  readonly saying?: RegExp;
  readonly code: ConnectorErrorCode;
  /** What to tell beside the sentence: never a literal of a statement. */
  readonly addition?: string;
  /** In place of the general sentence of the code. */
  readonly sentence?: string;
}

/** No grant helps then. */
export const NO_BILLING = 'the project has no billing account';

/** By reason first: messages change. First match wins. */
const RULES: readonly Rule[] = [
  // The token service answers with OAuth's own words, under a status of its own.
  {
    when: /^/,
    saying:
      /^(Error code (invalid|unauthorized|access)_|invalid_(grant|client)|unable to impersonate)/i,
    code: 'CONNECTOR_SIGN_IN_FAILED',
  },
  {
    when: /^(notFound|404)$/,
    saying: /Not found: Project/i,
    code: 'CONNECTOR_DATABASE_MISSING',
    sentence: 'has no such project, or we may not see it; check warehouse.bigquery.project',
  },
  { when: /^(notFound|404)$/, code: 'CONNECTOR_RELATION_MISSING' },
  {
    when: /^billingNotEnabled$/,
    code: 'CONNECTOR_PERMISSION_DENIED',
    addition: NO_BILLING,
  },
  {
    when: /^(accessDenied|forbidden)$/,
    saying: /perhaps it does not exist/i,
    code: 'CONNECTOR_PERMISSION_DENIED',
    sentence:
      'refused access, or has no such relation; grant what the statement needs, or check the name',
  },
  { when: /^(accessDenied|policyViolation|forbidden)$/, code: 'CONNECTOR_PERMISSION_DENIED' },
  {
    when: /^bytesBilledLimitExceeded$/,
    code: 'CONNECTOR_BAD_SQL',
    addition:
      'it would be billed more than warehouse.bigquery.maxGibBilled allows, so it was not run',
  },
  {
    when: /^quotaExceeded$/,
    code: 'CONNECTOR_FULL',
    addition: 'a quota of the project is used up',
  },
  {
    when: /^(rateLimitExceeded|userRateLimitExceeded|jobRateLimitExceeded|429)$/,
    code: 'CONNECTOR_FULL',
  },
  { when: /^(resourcesExceeded|responseTooLarge)$/, code: 'CONNECTOR_OUT_OF_MEMORY' },
  {
    when: /./,
    saying: /aborted due to concurrent update|could not serialize access/i,
    code: 'CONNECTOR_CONFLICT',
  },
  { when: /^(stopped|timeout|jobCanceled)$/, code: 'CONNECTOR_CANCELLED' },
  // Some of them come under status 400.
  {
    when: /^(backendError|internalError|jobBackendError|jobInternalError|tableUnavailable|408|50[0-4])$/,
    code: 'CONNECTOR_UNREACHABLE',
    addition: 'the service, or what stands before it, failed; it can be tried again',
  },
  {
    when: /^invalid/,
    saying: /Location|location/,
    code: 'CONNECTOR_BAD_SQL',
    addition: 'check warehouse.bigquery.location against where the datasets lie',
  },
  { when: /^(invalid|parseError|duplicate|400|409)/, code: 'CONNECTOR_BAD_SQL' },
  {
    when: /^(authError|required|invalid_grant|invalid_client|unauthorized_client|401)$/,
    code: 'CONNECTOR_SIGN_IN_FAILED',
  },
  {
    when: /^407$/,
    code: 'CONNECTOR_UNREACHABLE',
    addition: 'status 407: the proxy asks who we are; check HTTPS_PROXY',
  },
  {
    when: /^(ECONN|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|ESOCKETTIMEDOUT|EHOST|ENETUNREACH|ERR_STREAM_PREMATURE_CLOSE|UND_ERR)/,
    code: 'CONNECTOR_UNREACHABLE',
  },
  {
    when: /^(CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|ERR_TLS_|ERR_SSL_)/,
    code: 'CONNECTOR_TLS_REFUSED',
    addition: 'NODE_EXTRA_CA_CERTS names an authority of your own',
  },
  { when: /^403$/, code: 'CONNECTOR_PERMISSION_DENIED' },
];

/** What the driver or the sign-in library tell without a reason or code. */
const BY_TEXT: readonly (readonly [RegExp, ConnectorErrorCode])[] = [
  [
    /default credentials|invalid_grant|invalid_client|unable to impersonate|no such file .*json|Error code invalid/i,
    'CONNECTOR_SIGN_IN_FAILED',
  ],
  [
    /premature close|socket hang up|network|aborted|Unexpected end of JSON|invalid response body|Unterminated string/i,
    'CONNECTOR_UNREACHABLE',
  ],
];

/** The driver's error in our words; what is ours already passes through unchanged. */
export function classifyBigqueryError(cause: unknown, connection: string): Error {
  if (cause instanceof GoldsmithError) {
    return cause;
  }
  const { reasons, message } = fieldsOf(cause);
  const rule = RULES.find(
    ({ when, saying }) => reasons.some((one) => when.test(one)) && saying?.test(message) !== false,
  );
  const code =
    rule?.code ?? BY_TEXT.find(([text]) => text.test(message))?.[1] ?? 'CONNECTOR_UNKNOWN';
  const addition = rule?.addition ?? (NAMED.has(code) ? nameIn(message) : undefined);
  return new ConnectorError(code, connection, { cause, addition, sentence: rule?.sentence });
}

/** A job the service made and then failed at: asked for under the same id it stays failed, documented is a new one. */
export function isLostJob(error: unknown): boolean {
  return (
    error instanceof ConnectorError &&
    fieldsOf(error.cause).reasons.some((reason) => /^job(Backend|Internal)Error$/.test(reason))
  );
}

/** Worth asking again: nothing was decided, and asking for the same job twice does it once. */
export function isTransient(error: unknown): boolean {
  return (
    error instanceof ConnectorError &&
    !isLostJob(error) &&
    (error.code === 'CONNECTOR_UNREACHABLE' ||
      (error.code === 'CONNECTOR_FULL' && !/quota/.test(error.message)))
  );
}

/** The reason of a job that is there already. */
export function isDuplicate(cause: unknown): boolean {
  return fieldsOf(cause).reasons.some((reason) => reason === 'duplicate' || reason === '409');
}

/** The token was not taken: another one may be. */
export function isSignInRefused(cause: unknown): boolean {
  return fieldsOf(cause).reasons.includes('401');
}

const NAMED: ReadonlySet<ConnectorErrorCode> = new Set<ConnectorErrorCode>([
  'CONNECTOR_RELATION_MISSING',
  'CONNECTOR_DATABASE_MISSING',
  'CONNECTOR_PERMISSION_DENIED',
]);

/** `Table p:d.t`, `Dataset p:d`, `permission bigquery.x.y`: names of objects and permissions, no values. */
function nameIn(message: string): string | undefined {
  return /\b(Table|Dataset|Project|Job|Routine) [\w.:$*-]*[\w$*]( was not found in location [\w-]+)?|\bbigquery\.\w+\.\w+/.exec(
    message,
  )?.[0];
}

function fieldsOf(cause: unknown) {
  const { code, message, errors, status } = (cause ?? {}) as Readonly<Record<string, unknown>>;
  const inner = Array.isArray(errors) ? (errors as readonly { readonly reason?: unknown }[]) : [];
  const told = [...inner.map(({ reason }) => reason), code, status];
  return {
    reasons: told.flatMap((one) =>
      typeof one === 'string' || typeof one === 'number' ? [String(one)] : [],
    ),
    message: typeof message === 'string' ? message : '',
  };
}
