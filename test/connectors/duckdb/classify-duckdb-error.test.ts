import { describe, expect, it } from 'vitest';
import { ConnectorError } from '../../../src/connectors/connector-error.ts';
import { classifyDuckdbError } from '../../../src/connectors/duckdb/classify-duckdb-error.ts';

/** As DuckDB 1.5.6 said them; those that are cheap to provoke are provoked by the conformance suite. */
const STATEMENT_ERRORS: readonly (readonly [string, string, boolean])[] = [
  [
    'IO Error: Could not write file "/data/f.db": No space left on device',
    'CONNECTOR_DISK_FULL',
    false,
  ],
  [
    'FATAL Error: Failed to create checkpoint because of error: Could not write file "/data/f.db.wal": No space left on device',
    'CONNECTOR_DISK_FULL',
    false,
  ],
  [
    'FATAL Error: Failed: database has been invalidated because of a previous fatal error. The database must be restarted prior to being used again.\nOriginal error: "Failed to create checkpoint because of error: Could not write file "/data/f.db.wal": No space left on device"',
    'CONNECTOR_NEEDS_RESTART',
    false,
  ],
  [
    'Out of Memory Error: failed to allocate data of size 16.0 MiB (488.2 MiB/500.0 MiB used)',
    'CONNECTOR_OUT_OF_MEMORY',
    false,
  ],
  ['TransactionContext Error: Conflict on update!', 'CONNECTOR_CONFLICT', true],
  [
    'TransactionContext Error: Catalog write-write conflict on create with "Schema\\0main\\0main\\0Table\\0main\\0z"',
    'CONNECTOR_CONFLICT',
    true,
  ],
  [
    'TransactionContext Error: Failed to commit: Transaction conflict: attempting to insert into table "t" but it has been altered by a different transaction',
    'CONNECTOR_CONFLICT',
    true,
  ],
  [
    'TransactionContext Error: Transaction conflict: attempting to insert into table "n" but it has been dropped by a different transaction',
    'CONNECTOR_CONFLICT',
    true,
  ],
  [
    'TransactionContext Error: Current transaction is aborted (please ROLLBACK)',
    'CONNECTOR_ABORTED',
    false,
  ],
  [
    'TransactionContext Error: Cannot write to database "memory" - transaction is launched in read-only mode',
    'CONNECTOR_READ_ONLY',
    false,
  ],
  [
    'Catalog Error: Table with name "nope.t" does not exist because schema "nope" does not exist.',
    'CONNECTOR_RELATION_MISSING',
    false,
  ],
  ['Binder Error: Catalog "nodb" does not exist!', 'CONNECTOR_RELATION_MISSING', false],
  [
    'IO Error: No files found that match the pattern "/x/*.parquet"',
    'CONNECTOR_RELATION_MISSING',
    false,
  ],
  ['Catalog Error: Scalar Function with name nofn does not exist!', 'CONNECTOR_BAD_SQL', false],
  [
    'Failed to extract statements: Parser Error: syntax error at or near "selec"',
    'CONNECTOR_BAD_SQL',
    false,
  ],
  [
    'Permission Error: Cannot access file "/x.csv" - file system operations are disabled by configuration',
    'CONNECTOR_PERMISSION_DENIED',
    false,
  ],
  ['Something nobody has seen', 'CONNECTOR_UNKNOWN', false],
];

describe('a DuckDB error', () => {
  it.for(STATEMENT_ERRORS)('%s is %s', ([text, code, retryable]) => {
    const cause = new Error(text);

    const error = classifyDuckdbError(cause, { connection: 'shop', phase: 'statement' });

    expect(error).toMatchObject({ code, retryable, cause });
  });

  it('about a file is unreachable only while opening', () => {
    const cause = new Error('IO Error: Cannot open file "/no/x.db": No such file or directory');

    expect(classifyDuckdbError(cause, { connection: 'shop', phase: 'open' })).toMatchObject({
      code: 'CONNECTOR_UNREACHABLE',
      message: expect.stringContaining('file "/no/x.db"'),
    });
    expect(classifyDuckdbError(cause, { connection: 'shop', phase: 'statement' })).toMatchObject({
      code: 'CONNECTOR_UNKNOWN',
    });
  });

  it('that is ours already stays as it is', () => {
    const ours = new ConnectorError('CONNECTOR_TIMEOUT', 'shop');

    expect(classifyDuckdbError(ours, { connection: 'shop', phase: 'statement' })).toBe(ours);
  });
});
