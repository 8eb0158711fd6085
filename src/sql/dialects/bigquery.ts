import type { Dialect } from '../dialect.ts';

/** Columns and aliases compare without case, tables and datasets with it, quoted or not. */
export const bigquery: Dialect = {
  name: 'bigquery',
  lexical: {
    identifierQuotes: ['`'],
    bracketIdentifiers: false,
    stringQuotes: ["'", '"'],
    backslashEscapes: true,
    dollarQuotes: false,
    tripleQuotes: true,
    stringPrefixes: ['r', 'b', 'rb', 'br'],
    nestedComments: false,
    hashComments: true,
    doubleSlashComments: false,
    rawKeepsBackslashPairs: true,
    dashedNames: true,
  },
  names: {
    unquoted: 'as-is',
    quotedIsCaseSensitive: false,
    tablesAreCaseSensitive: true,
  },
};
