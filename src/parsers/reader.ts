import type { DialectName } from '../sql/dialect.ts';
import type { Statement } from '../sql/ir.ts';

/** One parser library behind its adapter. */
export interface Reader {
  /** Throws `GrammarError` on text its grammar refuses; anything else it throws is a crash. */
  readonly read: (sql: string, dialect: DialectName) => readonly Statement[];
}

/** A grammar's refusal, in its own words. */
export class GrammarError extends Error {
  constructor(message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.name = 'GrammarError';
  }
}
