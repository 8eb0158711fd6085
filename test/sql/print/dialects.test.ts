import { beforeAll, describe, expect, it } from 'vitest';
import { readDdl } from '../../../src/cli/read-ddl.ts';
import { parseOne } from '../../../src/parsers/parse-one.ts';
import { openPolyglot } from '../../../src/parsers/polyglot/open-polyglot.ts';
import { GrammarError, type Reader } from '../../../src/parsers/reader.ts';
import { openSqlparser } from '../../../src/parsers/sqlparser-rs/open-sqlparser.ts';
import type { BoundQuery } from '../../../src/sql/bound.ts';
import type { DialectName } from '../../../src/sql/dialect.ts';
import { DIALECTS } from '../../../src/sql/dialects.ts';
import type { Statement } from '../../../src/sql/ir.ts';
import { queryKey } from '../../../src/sql/normalize/expr-key.ts';
import { normalize } from '../../../src/sql/normalize/normalize.ts';
import { toBound } from '../../../src/sql/normalize/to-bound.ts';
import { printQuery } from '../../../src/sql/print/print-query.ts';
import { bindQuery } from '../../../src/sql/resolve/bind-query.ts';
import { indexSchema, type SchemaIndex } from '../../../src/sql/schema-index.ts';
import { parse, SHOP } from '../match/ask.ts';
import { randomPair } from '../match/random-queries.ts';
import { AWKWARD, TEXTS } from './dialect-texts.ts';

/** Random statements a dialect; more with the environment. */
const PAIRS = Number(process.env['GOLDSMITH_RANDOM_PAIRS'] ?? 12);
const dialects = Object.keys(TEXTS) as DialectName[];

let readers: Readonly<Record<'sqlparser-rs' | 'polyglot', Reader>>;
beforeAll(async () => {
  readers = { 'sqlparser-rs': await openSqlparser(), polyglot: await openPolyglot() };
});

/** Snowflake stores names that nobody quoted in upper case. */
async function schemaIn(dialect: DialectName, ddl: string): Promise<SchemaIndex> {
  const stored =
    dialect === 'snowflake'
      ? ddl.replaceAll(/"[^"]*"|\w+/g, (word) => (word.startsWith('"') ? word : word.toUpperCase()))
      : ddl;
  const schema = await readDdl({ ddl: stored, dialect: DIALECTS[dialect], names: {} }, parse);
  return indexSchema(schema, DIALECTS[dialect]);
}

interface Place {
  readonly dialect: DialectName;
  readonly schema: SchemaIndex;
}

async function boundIn(sql: string, place: Place): Promise<BoundQuery | undefined> {
  const outcome = await parseOne({ sql, dialect: place.dialect });
  return outcome.kind === 'parsed' ? bind(outcome.statements[0], place)?.query : undefined;
}

function bind(statement: Statement | undefined, { dialect, schema }: Place) {
  return statement?.kind === 'query'
    ? bindQuery(statement.query, { schema, names: {}, dialect: DIALECTS[dialect] })
    : undefined;
}

/** What a query means, whoever read it: the readers spell some types and intervals differently. */
function meaningOf(query: BoundQuery): string {
  const key = queryKey(toBound(normalize(query)))
    .replaceAll(/\(cast (\w+) int /g, '(cast $1 integer ')
    .replaceAll(/\(interval (\w+) 'number/g, "(interval $1 'string")
    .replaceAll('timestampntz', 'timestamp_ntz');
  return `${query.outputs.join(', ')}: ${key}`;
}

/** What each reader makes of a text of ours; nothing where one refuses it, or knows a form but not what it means. */
function meaningsOf(sql: string, place: Place): readonly string[] {
  return Object.values(readers).flatMap((reader) => {
    try {
      const binding = bind(reader.read(sql, place.dialect)[0], place);
      const isClear = binding !== undefined && binding.notUnderstood.length === 0;
      return isClear ? [meaningOf(binding.query)] : [];
    } catch (error) {
      if (error instanceof GrammarError) {
        return [];
      }
      throw error;
    }
  });
}

function printed(query: Parameters<typeof printQuery>[0], dialect: DialectName): string {
  const outcome = printQuery(query, dialect);
  return outcome.kind === 'printed' ? outcome.sql : `unprintable: ${outcome.because}`;
}

describe.each(dialects)('a query of ours in %s', (dialect) => {
  it('is read as what it was written for, before and after it is normalised, mostly by both readers', async () => {
    const place = { dialect, schema: await schemaIn(dialect, AWKWARD) };
    const texts = TEXTS[dialect] ?? [];
    let byBoth = 0;
    for (const text of texts) {
      const bound = await boundIn(text, place);
      if (bound === undefined) {
        throw new Error(`not read in ${dialect}: ${text}`);
      }
      for (const sql of [printed(bound, dialect), printed(normalize(bound), dialect)]) {
        const meanings = meaningsOf(sql, place);

        expect([...new Set(meanings)], `${text}\n${sql}`).toEqual([meaningOf(bound)]);
        byBoth += meanings.length === 2 ? 0.5 : 0;
      }
    }
    expect(byBoth / texts.length).toBeGreaterThan(0.8);
  });

  it('is read as what it was written for when a machine made it up', async () => {
    const place = { dialect, schema: await schemaIn(dialect, SHOP) };
    let compared = 0;
    for (let seed = 0; seed < PAIRS; seed += 1) {
      for (const text of Object.values(randomPair(seed))) {
        const bound = await boundIn(text, place);
        const outcome = bound === undefined ? undefined : printQuery(normalize(bound), dialect);
        if (bound === undefined || outcome?.kind !== 'printed') {
          continue;
        }
        const meanings = meaningsOf(outcome.sql, place);

        expect([...new Set(meanings)], `seed ${seed}: ${text}\n${outcome.sql}`).toEqual([
          meaningOf(bound),
        ]);
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(PAIRS);
  });
});

describe('what dialects write differently', () => {
  it.each([
    [
      'bigquery',
      'select id from orders union distinct select id from customers',
      /\nunion distinct\n/,
    ],
    ['trino', 'select id from orders order by id offset 2 limit 3', /\noffset 2\nlimit 3$/],
    ['postgres', 'select array[id, 2] as a from orders', /array\[t1\.id, 2\]/],
    ['snowflake', String.raw`select 'it\'s \\' as a from orders`, /'it''s \\\\'/],
    ['redshift', "select 'it''s' as a from orders", /'it''s'/],
    ['spark', String.raw`select 'it\'s' as a from orders`, /'it\\'s'/],
    ['bigquery', String.raw`select 'a\nb' as a from orders`, /'a\\nb'/],
    [
      'bigquery',
      'select id from orders where true qualify row_number() over (order by id) = 1',
      /\nwhere true\nqualify /,
    ],
    ['postgres', 'select (size).x as x from parcels', /\(t1\.size\)\.x/],
    ['bigquery', 'select size.x as x from parcels', /t1\.size\.x/],
    ['trino', 'select id as "skip" from orders', /as "skip"/],
    ['bigquery', 'select id as `hash` from orders', /as `hash`/],
  ] as const)('%s: %s', async (dialect, text, pattern) => {
    const bound = await boundIn(text, { dialect, schema: await schemaIn(dialect, AWKWARD) });

    expect(bound && printed(normalize(bound), dialect)).toMatch(pattern);
  });

  it.each([
    ['snowflake', 'select count(*) filter (where vip) as n from customers', 'count with FILTER'],
    ['trino', 'select id from orders o left semi join customers c on o.id = c.id', 'a semi join'],
  ] as const)('%s has no text for %s', async (dialect, text, because) => {
    const place = { dialect: 'duckdb', schema: await schemaIn('duckdb', AWKWARD) } as const;
    const bound = await boundIn(text.replace('left semi', 'semi'), place);

    expect(bound && printed(bound, dialect)).toBe(`unprintable: ${because}`);
  });
});
