import { describe, expect, it } from 'vitest';
import { measureChains } from '../../src/parsers/measure-chains.ts';
import { openReaderSet } from '../../src/parsers/reader-set.ts';
import type { DialectName } from '../../src/sql/dialect.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import { tokenize } from '../../src/sql/lexer.ts';

/** Who would be asked about a text. */
function readersOf(sql: string, dialect: DialectName): readonly string[] {
  const tokens = tokenize(sql, dialectOf(dialect).lexical);
  const chains = measureChains(tokens);
  const question = { dialect, chains, size: tokens.count, length: sql.length };
  return openReaderSet()
    .inOrder(question)
    .map(({ name }) => name);
}

function nested(depth: number, open: string): string {
  return `select ${open.repeat(depth)}a${')'.repeat(depth)} from t`;
}

describe('openReaderSet', () => {
  it.each<[string, DialectName, string, readonly string[]]>([
    ['all', 'bigquery', nested(8, 'f('), ['sqlparser-rs', 'polyglot', 'node-sql-parser']],
    [
      'not the third where brackets nest',
      'bigquery',
      nested(9, 'f('),
      ['sqlparser-rs', 'polyglot'],
    ],
    [
      'the first where calls nest a little',
      'postgres',
      nested(8, 'f('),
      ['sqlparser-rs', 'libpg', 'polyglot'],
    ],
    [
      'not the first where PostgreSQL calls nest',
      'postgres',
      nested(9, '"f"('),
      ['libpg', 'polyglot'],
    ],
    [
      'the first for other brackets',
      'postgres',
      nested(40, '('),
      ['sqlparser-rs', 'libpg', 'polyglot'],
    ],
    [
      'the first for queries in queries',
      'postgres',
      nested(40, '(select a from ('),
      ['sqlparser-rs', 'libpg', 'polyglot'],
    ],
  ])('asks %s, in %s', (_title, dialect, sql, readers) => {
    expect(readersOf(sql, dialect)).toEqual(readers);
  });
});
