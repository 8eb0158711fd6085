import type { DialectName } from '../sql/dialect.ts';
import type { Statement } from '../sql/ir.ts';

/** One parser library behind its adapter. */
export interface Reader {
  /** Throws `GrammarError` on text its grammar refuses; anything else it throws is a crash. */
  readonly read: (sql: string, dialect: DialectName) => readonly Statement[];
}

/** The parser of the warehouse itself: it knows for certain what is valid, and is the last to read. */
export interface NativeReader {
  readonly read: (sql: string) => Promise<readonly Statement[]>;
  /** Why the warehouse would refuse the text; undefined where it would not. A crash is thrown. */
  readonly refusalOf: (sql: string) => Promise<string | undefined>;
}

/** A grammar's refusal, in its own words. */
export class GrammarError extends Error {
  constructor(message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.name = 'GrammarError';
  }
}

/** A tree too deep or too strange for its adapter is a refusal, and no fault of the library. */
export function adapted<T>(adapt: () => T): T {
  try {
    return adapt();
  } catch (error) {
    if (error instanceof GrammarError) {
      throw error;
    }
    const because = error instanceof RangeError ? 'it is nested too deeply' : 'its tree is odd';
    throw new GrammarError(because, { cause: error });
  }
}
