import { ConnectorError, type ConnectorErrorCode } from '../connector-error.ts';

interface Rule {
  readonly when: RegExp;
  readonly code: ConnectorErrorCode;
  /** Picks the name of an object, a file or a limit out of the message; never a literal. */
  readonly addition?: RegExp;
}

/** DuckDB tells its errors by their text only; first match wins. */
const RULES: readonly Rule[] = [
  {
    when: /has been invalidated because of a previous fatal error/i,
    code: 'CONNECTOR_NEEDS_RESTART',
  },
  { when: /Current transaction is aborted/i, code: 'CONNECTOR_ABORTED' },
  {
    when: /Could not set lock on file|Conflicting lock|being used by another process/i,
    code: 'CONNECTOR_LOCKED',
    addition: /file "[^"]+"/,
  },
  {
    when: /No space left on device|not enough disk space|max_temp_directory_size|ENOSPC/i,
    code: 'CONNECTOR_DISK_FULL',
  },
  {
    when: /^Out of Memory Error|failed to allocate|std::bad_alloc/i,
    code: 'CONNECTOR_OUT_OF_MEMORY',
  },
  {
    when: /transaction is launched in read-only mode|attached in read-only mode|Cannot execute statement of type .* on database .* read-only/i,
    code: 'CONNECTOR_READ_ONLY',
  },
  {
    when: /Catalog write-write conflict|Conflict on (update|delete|tuple)|write-write conflict|Transaction conflict|Failed to commit.*(conflict|has been altered|has been dropped)|another transaction has (altered|modified|dropped)/is,
    code: 'CONNECTOR_CONFLICT',
  },
  {
    when: /No files found that match|^Catalog Error: (Table|View) with name .* does not exist|^Catalog Error: Table Function with name .* does not exist|^(Catalog|Binder) Error: (Schema|Catalog) .* does not exist|has been dropped/is,
    code: 'CONNECTOR_RELATION_MISSING',
    addition: /(Table|View|Schema|Catalog) (Function )?with name "?[\w.$-]+"?|Catalog "[^"]+"/,
  },
  {
    when: /^Permission Error|disabled by configuration|Permission denied/i,
    code: 'CONNECTOR_PERMISSION_DENIED',
  },
  {
    when: /does not exist|No such file or directory|Is a directory|Cannot open (file|database)/i,
    code: 'CONNECTOR_UNREACHABLE',
    addition: /(file|database) "[^"]+"/,
  },
  {
    when: /replaying WAL|Corrupt|checksum|not a valid DuckDB database/i,
    code: 'CONNECTOR_DAMAGED',
    addition: /file "[^"]+"/,
  },
];

/** Errors that are the statement's own fault, by DuckDB's leading word. */
const STATEMENT_FAULTS =
  /^(Parser|Binder|Catalog|Conversion|Invalid Input|Out of Range|Constraint|Not implemented|Mismatch Type|Syntax|Dependency|TransactionContext|Parameter Not Allowed|Invalid Type|Divide by Zero|Sequence|Expression|Serialization) Error/i;

/** In place of the general sentence, where it is about the file itself. */
const WHEN_OPENED: Partial<Readonly<Record<ConnectorErrorCode, string>>> = {
  CONNECTOR_UNREACHABLE:
    'cannot be opened; check that warehouse.path names a file in a folder that is there',
  CONNECTOR_PERMISSION_DENIED:
    'may not be opened by us; give whoever runs Goldsmith the right to read and write the file of warehouse.path',
};

/** Only opening a database may call a missing file `unreachable`; a statement that names one is bad SQL. */
export type DuckdbErrorPhase = 'open' | 'statement';

/** The driver's error in our words; what is ours already passes through unchanged. */
export function classifyDuckdbError(
  cause: unknown,
  { connection, phase }: { readonly connection: string; readonly phase: DuckdbErrorPhase },
): Error {
  if (cause instanceof ConnectorError) {
    return cause;
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  const text = message.replace(/^Failed to [\w ]+: /, '');
  const rule = RULES.find(
    ({ when, code }) => when.test(text) && (phase === 'open' || code !== 'CONNECTOR_UNREACHABLE'),
  );
  if (rule !== undefined) {
    const addition = rule.addition?.exec(text)?.[0];
    const sentence = phase === 'open' ? WHEN_OPENED[rule.code] : undefined;
    return new ConnectorError(rule.code, connection, { cause, addition, sentence });
  }
  if (STATEMENT_FAULTS.test(text)) {
    const addition = `${text.split(':')[0] ?? 'Error'}`;
    return new ConnectorError('CONNECTOR_BAD_SQL', connection, { cause, addition });
  }
  return new ConnectorError('CONNECTOR_UNKNOWN', connection, { cause });
}
