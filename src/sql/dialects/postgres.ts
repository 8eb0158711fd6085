import type { Dialect } from '../dialect.ts';

export const postgres: Dialect = {
  name: 'postgres',
  lexical: {
    identifierQuotes: ['"'],
    bracketIdentifiers: false,
    stringQuotes: ["'"],
    backslashEscapes: false,
    dollarQuotes: true,
    tripleQuotes: false,
    stringPrefixes: ['e', 'b', 'x', 'n', 'u&'],
    nestedComments: true,
    hashComments: false,
    doubleSlashComments: false,
  },
  names: {
    unquoted: 'lower',
    quotedIsCaseSensitive: true,
    tablesAreCaseSensitive: false,
    defaultSchema: 'public',
  },
};
