import type { Dialect } from '../dialect.ts';

export const databricks: Dialect = {
  name: 'databricks',
  lexical: {
    identifierQuotes: ['`'],
    bracketIdentifiers: false,
    stringQuotes: ["'", '"'],
    backslashEscapes: true,
    dollarQuotes: false,
    tripleQuotes: false,
    stringPrefixes: ['r', 'x'],
    nestedComments: true,
    hashComments: false,
    doubleSlashComments: false,
    numberSuffixes: ['l', 's', 'y', 'd', 'f', 'bd'],
  },
  names: {
    unquoted: 'lower',
    quotedIsCaseSensitive: false,
    tablesAreCaseSensitive: false,
    defaultSchema: 'default',
  },
};
