import type { Dialect } from '../dialect.ts';

/** Anything else: ANSI strings, both kinds of identifier quotes, names without case. */
export const generic: Dialect = {
  name: 'generic',
  lexical: {
    identifierQuotes: ['"', '`'],
    bracketIdentifiers: false,
    stringQuotes: ["'"],
    backslashEscapes: false,
    dollarQuotes: true,
    tripleQuotes: false,
    stringPrefixes: ['e', 'b', 'x', 'n', 'u&'],
    nestedComments: false,
    hashComments: false,
    doubleSlashComments: false,
  },
  names: {
    unquoted: 'as-is',
    quotedIsCaseSensitive: false,
    tablesAreCaseSensitive: false,
  },
};
