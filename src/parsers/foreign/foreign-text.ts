import { plainTeradata } from './teradata-text.ts';
import { plainTsql } from './tsql-text.ts';

type Plain = (sql: string) => string;

const PLAIN: ReadonlyMap<string, Plain> = new Map([
  ['tsql', plainTsql],
  ['mssql', plainTsql],
  ['sqlserver', plainTsql],
  ['synapse', plainTsql],
  ['fabric', plainTsql],
  ['sybase', plainTsql],
  ['teradata', plainTeradata],
]);

/** Longer texts are left as they are: what is put otherwise here is written by people. */
const LONGEST = 200_000;

/**
 * A text in a dialect we have no grammar of, in words the generic grammar reads; the text itself in all other dialects.
 * For facts only: such a text is never routed or run.
 */
export function plainForeign(sql: string, dialect: string): string {
  if (sql.length > LONGEST) {
    return sql;
  }
  const name = dialect.toLowerCase().replaceAll(/[\s_-]/g, '');
  return PLAIN.get(name)?.(sql) ?? sql;
}
