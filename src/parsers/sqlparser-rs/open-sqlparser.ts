import type { DialectName } from '../../sql/dialect.ts';
import { DIALECTS } from '../../sql/dialects.ts';
import { tokenize } from '../../sql/lexer.ts';
import type { Reader } from '../reader.ts';
import { adapted, GrammarError } from '../reader.ts';
import { plainText } from './plain-text.ts';
import { readStatements } from './read-statements.ts';

/**
 * The grammar that reads each dialect. DuneSQL and Trino have none of their own; the generic one
 * cuts strings and quotes the same way.
 */
const GRAMMARS = {
  duckdb: 'duckdb',
  postgres: 'postgresql',
  snowflake: 'snowflake',
  bigquery: 'bigquery',
  databricks: 'databricks',
  spark: 'spark',
  redshift: 'redshift',
  trino: 'generic',
  mysql: 'mysql',
  generic: 'generic',
} as const satisfies Record<DialectName, string>;

/** The library's default is 50, which real queries pass; from some 700 on its stack overflows. */
const RECURSION_LIMIT = 300;

/** What a refusal of the parser begins with, or one of its lexer ends with; a trap has neither. */
const PARSER_REFUSAL = 'sql parser error: ';
const LEXER_REFUSAL = / at Line: \d+, Column: \d+$/;

/** Loads sqlparser-rs (3.5 MB of WebAssembly, some 65 ms). A trap leaves the instance dead for good. */
export async function openSqlparser(): Promise<Reader> {
  const { init, Parser } = await import('@guanmingchiu/sqlparser-ts');
  await init();
  return {
    read(sql, dialect) {
      const text = plainText(tokenize(sql, DIALECTS[dialect].lexical), dialect);
      if (text === undefined) {
        throw new GrammarError('its lexer would misread a word of this text');
      }
      const parser = new Parser({ name: GRAMMARS[dialect] }).withRecursionLimit(RECURSION_LIMIT);
      const nodes = parsed(() => parser.parse(text));
      return adapted(() => readStatements(nodes, dialect));
    },
  };
}

function parsed(parse: () => unknown): unknown {
  try {
    return parse();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (message.startsWith(PARSER_REFUSAL)) {
      throw new GrammarError(message.slice(PARSER_REFUSAL.length), { cause: error });
    }
    if (LEXER_REFUSAL.test(message)) {
      throw new GrammarError(message, { cause: error });
    }
    throw error;
  }
}
