import type { DialectName } from '../sql/dialect.ts';
import { dialectOf } from '../sql/dialects.ts';
import { splitStatements } from '../sql/split-statements.ts';

/**
 * The text of the only statement, without its semicolon and what stands around it, so that it can stand in a FROM clause;
 * `undefined` where there is none or more than one.
 */
export function oneStatement(sql: string, dialect: DialectName): string | undefined {
  const [span, ...more] = splitStatements(sql, dialectOf(dialect));
  return span === undefined || more.length > 0 ? undefined : sql.slice(span.start, span.end);
}
