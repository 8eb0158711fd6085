import type { Dialect } from '../dialect.ts';

/** Unless `enable_case_sensitive_identifier` is on, quoted identifiers fold too. */
export const redshift: Dialect = {
  name: 'redshift',
  lexical: {
    identifierQuotes: ['"'],
    bracketIdentifiers: false,
    stringQuotes: ["'"],
    backslashEscapes: true,
    dollarQuotes: true,
    tripleQuotes: false,
    stringPrefixes: ['e', 'b', 'x', 'n'],
    nestedComments: true,
    hashComments: false,
    doubleSlashComments: false,
  },
  names: {
    unquoted: 'lower',
    quotedIsCaseSensitive: false,
    tablesAreCaseSensitive: false,
    defaultSchema: 'public',
  },
};
