import type { Dialect } from '../dialect.ts';

export const snowflake: Dialect = {
  name: 'snowflake',
  lexical: {
    identifierQuotes: ['"'],
    bracketIdentifiers: false,
    stringQuotes: ["'"],
    backslashEscapes: true,
    dollarQuotes: true,
    tripleQuotes: false,
    stringPrefixes: ['x'],
    nestedComments: false,
    hashComments: false,
    doubleSlashComments: true,
    dollarNames: true,
  },
  names: {
    unquoted: 'upper',
    quotedIsCaseSensitive: true,
    tablesAreCaseSensitive: false,
    defaultSchema: 'PUBLIC',
  },
};
