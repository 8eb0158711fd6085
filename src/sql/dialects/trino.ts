import type { Dialect } from '../dialect.ts';

export const trino: Dialect = {
  name: 'trino',
  lexical: {
    identifierQuotes: ['"'],
    bracketIdentifiers: false,
    stringQuotes: ["'"],
    backslashEscapes: false,
    dollarQuotes: false,
    tripleQuotes: false,
    stringPrefixes: ['x', 'u&'],
    nestedComments: false,
    hashComments: false,
    doubleSlashComments: false,
  },
  names: {
    unquoted: 'lower',
    quotedIsCaseSensitive: false,
    tablesAreCaseSensitive: false,
  },
};
