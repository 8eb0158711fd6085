import type { DialectName } from '../sql/dialect.ts';
import type { Statement } from '../sql/ir.ts';

/** One parser library behind its adapter. Throws the library's error on text its grammar refuses. */
export interface Reader {
  readonly read: (sql: string, dialect: DialectName) => readonly Statement[];
}
