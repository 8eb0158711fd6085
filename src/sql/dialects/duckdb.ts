import type { Dialect } from '../dialect.ts';

/** Identifiers keep their case and compare without it, quoted or not. */
export const duckdb: Dialect = {
  name: 'duckdb',
  lexical: {
    identifierQuotes: ['"'],
    bracketIdentifiers: false,
    stringQuotes: ["'"],
    backslashEscapes: false,
    dollarQuotes: true,
    tripleQuotes: false,
    stringPrefixes: ['e', 'x', 'b', 'u&'],
    nestedComments: true,
    hashComments: false,
    doubleSlashComments: false,
  },
  names: {
    unquoted: 'as-is',
    quotedIsCaseSensitive: false,
    tablesAreCaseSensitive: false,
    defaultSchema: 'main',
  },
};
