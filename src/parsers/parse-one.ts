import type { ParseOutcome, ParseRequest } from '../sql/parse-sql.ts';
import type { Reader } from './reader.ts';
import { openSqlparser } from './sqlparser-rs/open-sqlparser.ts';

let sqlparser: Promise<Reader> | undefined;

/** Reads one text in this thread; never throws for bad SQL. */
export async function parseOne({ sql, dialect }: ParseRequest): Promise<ParseOutcome> {
  sqlparser ??= openSqlparser();
  const reader = await sqlparser;
  try {
    return { kind: 'parsed', reader: 'sqlparser-rs', statements: reader.read(sql, dialect) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'unparsed', because: `no grammar accepted it: ${message}`, tables: [] };
  }
}
