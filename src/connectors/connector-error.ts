import { GoldsmithError } from '../base/goldsmith-error.ts';

/** What can go wrong between us and a warehouse; stable, may be alerted on. */
export type ConnectorErrorCode = keyof typeof MEANINGS;

/** The sentence says what happened and what to do; a vendor's own words stay in `cause`. */
const MEANINGS = {
  CONNECTOR_UNREACHABLE: {
    retryable: true,
    sentence: 'cannot be reached; check its address, and that it is running',
  },
  CONNECTOR_SIGN_IN_FAILED: {
    retryable: false,
    sentence:
      'did not let us sign in; check the user, its secret (password, key or token) and whether that has expired, and whether it may connect from here',
  },
  CONNECTOR_TLS_REFUSED: {
    retryable: false,
    sentence:
      'and we do not trust each other’s certificates; check which authority we are told to trust, and whether a proxy between looks into TLS',
  },
  CONNECTOR_DATABASE_MISSING: {
    retryable: false,
    sentence: 'has no such database; check its name',
  },
  CONNECTOR_FULL: {
    retryable: true,
    sentence: 'takes no more connections; raise its limit, or lower warehouse.connections',
  },
  CONNECTOR_CANCELLED: {
    retryable: true,
    sentence: 'was told by somebody else to cancel the statement; it can be tried again',
  },
  CONNECTOR_LOCKED: {
    retryable: true,
    sentence:
      'is held by another process; stop that process, or start Goldsmith inside it (embedded mode)',
  },
  CONNECTOR_PERMISSION_DENIED: {
    retryable: false,
    sentence: 'refused access; grant what the statement needs, or take it out',
  },
  CONNECTOR_READ_ONLY: {
    retryable: false,
    sentence: 'may only be read here; write over a connector and a transaction that allow it',
  },
  CONNECTOR_UNSAFE_REPLAY: {
    retryable: false,
    sentence: 'was not asked, since the statement is not safe to replay',
  },
  CONNECTOR_RELATION_MISSING: {
    retryable: false,
    sentence: 'has no such relation (any more); check the name, or run the next cycle',
  },
  CONNECTOR_BAD_SQL: {
    retryable: false,
    sentence: 'did not accept the statement; the cause holds its own words',
  },
  CONNECTOR_OUT_OF_MEMORY: {
    retryable: false,
    sentence: 'ran out of memory; raise its memory limit or make the statement smaller',
  },
  CONNECTOR_DISK_FULL: {
    retryable: false,
    sentence: 'ran out of disk space; free some, and it can be tried again',
  },
  CONNECTOR_TIMEOUT: {
    retryable: true,
    sentence: 'did not finish in time and the statement was cancelled',
  },
  CONNECTOR_CONFLICT: {
    retryable: true,
    sentence: 'rolled back because another transaction wrote the same thing; try again',
  },
  CONNECTOR_ABORTED: {
    retryable: false,
    sentence: 'takes nothing more in this transaction, since an earlier statement of it failed',
  },
  CONNECTOR_NOT_TRANSACTIONAL: {
    retryable: false,
    sentence: 'would keep the statement whatever became of its transaction, so it was not sent',
  },
  CONNECTOR_BUSY: {
    retryable: false,
    sentence: 'still streams a result over this transaction; read it to its end first',
  },
  CONNECTOR_CLOSED: {
    retryable: false,
    sentence: 'was closed; open it again',
  },
  CONNECTOR_NEEDS_RESTART: {
    retryable: false,
    sentence:
      'stopped after a fatal error (often a full disk); nothing committed is lost: restart its process',
  },
  CONNECTOR_DAMAGED: {
    retryable: false,
    sentence: 'found a file it cannot read as its own; check the path, or restore a copy',
  },
  CONNECTOR_UNKNOWN: {
    retryable: false,
    sentence: 'failed in a way we do not know; the cause holds its own words',
  },
} as const;

/**
 * A fault between us and a warehouse, already translated from the vendor's words.
 *
 * The message never repeats text of a statement: literals stay home (`cause` keeps the driver's error for
 * debugging and must not be logged).
 */
export class ConnectorError extends GoldsmithError {
  override readonly code: ConnectorErrorCode;
  /** What stands in parentheses behind the sentence. */
  readonly addition: string | undefined;
  readonly #connection: string;

  constructor(code: ConnectorErrorCode, connection: string, options: ConnectorErrorOptions = {}) {
    const { retryable, sentence: general } = MEANINGS[code];
    const { sentence = general } = options;
    const addition = options.addition === undefined ? '' : ` (${options.addition})`;
    super(code, `${connection}: the warehouse ${sentence}${addition}`, {
      retryable,
      cause: options.cause,
      details: { connection, ...options.details },
    });
    this.code = code;
    this.addition = options.addition;
    this.#connection = connection;
  }

  /** The same fault, told by a sentence that knows more than the general one. */
  inOtherWords(sentence: string): ConnectorError {
    const { cause, addition, details } = this;
    return new ConnectorError(this.code, this.#connection, { cause, addition, details, sentence });
  }
}

export interface ConnectorErrorOptions {
  readonly cause?: unknown;
  /** What to say in place of the general sentence of the code; goes on after `the warehouse`. */
  readonly sentence?: string | undefined;
  /** Names of objects, files, limits: never a literal of a statement. */
  readonly addition?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>>;
}
