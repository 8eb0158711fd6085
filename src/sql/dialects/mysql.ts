import type { Dialect } from '../dialect.ts';

/** Whether tables compare with case is a server setting; we read them without, as StarRocks and Doris tools do. */
export const mysql: Dialect = {
  name: 'mysql',
  lexical: {
    identifierQuotes: ['`'],
    bracketIdentifiers: false,
    stringQuotes: ["'", '"'],
    backslashEscapes: true,
    dollarQuotes: false,
    tripleQuotes: false,
    stringPrefixes: ['x', 'b', 'n'],
    nestedComments: false,
    hashComments: true,
    doubleSlashComments: false,
  },
  names: {
    unquoted: 'as-is',
    quotedIsCaseSensitive: false,
    tablesAreCaseSensitive: false,
  },
};
