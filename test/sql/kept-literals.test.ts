import { describe, expect, it } from 'vitest';
import { parseOne } from '../../src/parsers/parse-one.ts';
import type { DialectName } from '../../src/sql/dialect.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import { dropLiterals } from '../../src/sql/drop-literals.ts';
import { fingerprint } from '../../src/sql/fingerprint.ts';
import { isFormat } from '../../src/sql/literal-kinds.ts';

/** An expression with a place for a literal, and literals that make other expressions of it. */
type Family = readonly [DialectName, string, readonly string[]];

const SHAPES: readonly Family[] = [
  // Places in arrays.
  ['bigquery', 'approx_quantiles(x, 100)[offset(#)]', ['50', '90']],
  ['bigquery', 'approx_quantiles(x, 100)[ordinal(#)]', ['50', '90']],
  ['bigquery', "split(x, ',')[safe_offset(#)]", ['0', '1', '2']],
  ['duckdb', 'm[#]', ['2', '3', '-1', '-2']],
  ['duckdb', 'm[#:7]', ['2', '3', '-3']],
  ['postgres', 'm[2:#]', ['3', '4']],
  ['duckdb', 'list_extract(m, #)', ['2', '3']],
  ['databricks', 'element_at(m, #)', ['2', '3']],
  ['snowflake', 'get(m, #)', ['2', '3']],
  ['databricks', 'slice(m, #, 3)', ['2', '4']],
  // Shares and counts, also as lists.
  ['databricks', 'percentile_approx(x, array(#))', ['0.5', '0.9', '0.5, 0.9']],
  ['databricks', 'percentile(x, array(#))', ['0.5', '0.9', '0.25, 0.75']],
  ['duckdb', 'quantile_cont(x, [#])', ['0.5', '0.9', '0.5, 0.9', '0.5, 0.9, 0.95']],
  ['postgres', 'percentile_cont(array[#]) within group (order by x)', ['0.5', '0.9', '0.5, 0.9']],
  ['postgres', 'width_bucket(x, array[#])', ['10, 20', '10, 30']],
  ['bigquery', 'range_bucket(x, [#])', ['10, 20', '10, 30', '10, 20, 30']],
  ['bigquery', 'percentile_cont(x, # ignore nulls) over ()', ['0.5', '0.9']],
  ['bigquery', 'approx_top_count(x, #)', ['5', '9']],
  ['snowflake', 'max_by(x, y, #)', ['5', '9']],
  ['databricks', 'approx_count_distinct(x, #)', ['0.01', '0.05']],
  ['bigquery', 'hll_count.init(x, #)', ['12', '15']],
  // Precisions, factors, bits.
  ['snowflake', 'floor(x, #)', ['2', '3']],
  ['databricks', 'format_number(x, #)', ['2', '3']],
  ['snowflake', 'to_number(x, #)', ['12, 2', '12, 4']],
  ['duckdb', 'floor(x / #) * #', ['5', '15']],
  ['duckdb', 'x // #', ['5', '15']],
  ['bigquery', 'mod(x, #)', ['5', '15']],
  ['databricks', 'sha2(x, #)', ['224', '256']],
  ['bigquery', 'cast(x as bytes(#))', ['300', '6000']],
  ['snowflake', 'cast(x as vector(float, #))', ['256', '768']],
  // Groups of a regular expression and parts of a text.
  ['duckdb', "regexp_extract(x, '^(a)(b)', #)", ['2', '3']],
  ['snowflake', "regexp_substr(x, '(a)(b)', 1, 1, 'e', #)", ['2', '3']],
  ['databricks', "substring_index(x, '.', #)", ['2', '3', '-2']],
  ['snowflake', "split_part(x, '#', 2)", ['-', '@', ' / ']],
  ['databricks', "split(x, '#')[2]", ['-', '@']],
  ['postgres', "string_agg(x, '#' order by y)", [',', '|', ', ']],
  ['snowflake', "listagg(x, '#') within group (order by y)", [',', '|']],
  ['postgres', "x || '#' || y", [' ', '-', '']],
  ['snowflake', "trim(both '#' from x)", ['-', '/']],
  // Formats.
  ['postgres', "to_char(x, '#')", ['YYYY', 'IYYY-"W"IW', '999.99', 'FM000', 'HH24:MI TZH']],
  ['databricks', "date_format(d, '#')", ['EEE', 'EEEE', 'MMM yyyy', "yyyy-MM-dd''T''HH", 'h:mm a']],
  ['snowflake', "try_to_timestamp_ntz(x, '#')", ['YYYY-MM-DD', 'MM/DD/YYYY']],
  ['bigquery', "format('#', x)", ['%.2f', '%.3f', '%05d']],
  ['bigquery', "parse_time('#', x)", ['%H', '%M']],
  // Zones, spans, ways to go.
  ['bigquery', "date(d, '#')", ['UTC', 'Europe/Rome', '+02:00']],
  ['postgres', "extract(hour from d at time zone '#')", ['UTC', 'America/Argentina/Salta']],
  ['databricks', "from_utc_timestamp(d, '#')", ['UTC', 'Etc/GMT+5', 'Etc/GMT+6']],
  ['databricks', "window(d, '#')", ['1 hour', '15 minutes']],
  ['postgres', "date_bin('#', d, timestamp '2001-01-01')", ['1 hour', '15 minutes']],
  ['snowflake', "time_slice(d, 1, 'HOUR', '#')", ['START', 'END']],
  ['snowflake', "round(x, 2, '#')", ['HALF_TO_EVEN', 'HALF_AWAY_FROM_ZERO']],
  ['databricks', "parse_url(x, '#')", ['HOST', 'PATH']],
  ['postgres', "encode(x, '#')", ['hex', 'base64']],
  // Keys.
  ['databricks', "variant_get(v, '#', 'int')", ['$.a', '$.b']],
  ['snowflake', "object_pick(v, '#')", ['a', 'b']],
  ['duckdb', "json_extract(j, ['$.a', '#'])", ['$.b', '$.c']],
];

/** What texts are searched for, values that stand in for others, what an object is made of, and moments. */
const DATA: readonly Family[] = [
  ['duckdb', "regexp_replace(x, '#', '')", ['^ada', '[0-9]+']],
  ['postgres', "substring(x from '#')", ['^ada', '[0-9]+']],
  ['postgres', "x like '#%'", ['a', 'b']],
  ['duckdb', "coalesce(x, '#')", ['unknown', 'ada']],
  ['postgres', "json_build_object('name', '#')", ['ada', 'bob']],
  ['postgres', "date_bin(interval '15 minutes', d, timestamp '#')", ['2001-01-01', '2002-02-02']],
  ['duckdb', 'x + #', ['17', '19']],
  ['duckdb', 'x * #', ['1.19', '1.07']],
  ['duckdb', 'x > #', ['17', '19']],
  ['postgres', "string_agg(x, '#')", [' ada ', '4711']],
  ['postgres', "to_char(d, '#')", ['ada', 'eva']],
  ['bigquery', "date(d, '#')", ['ada', 'Rome/Ada']],
  ['duckdb', 'quantile_cont(x, [#])', ['4711', '4712, 4713', '0.5, 4711']],
];

function texts([, template, values]: Family): readonly string[] {
  return values.map((value) => `select ${template.replaceAll('#', value)} as v from t group by 1`);
}

function formsOf(family: Family): ReadonlySet<string> {
  return new Set(texts(family).map((sql) => fingerprint(sql, dialectOf(family[0])).normalForm));
}

async function meaningsOf(family: Family): Promise<ReadonlySet<string>> {
  const dropped = texts(family).map(async (sql) => {
    const outcome = await parseOne({ sql, dialect: family[0] });
    expect(outcome.kind === 'parsed' ? '' : outcome.because).toBe('');
    return JSON.stringify(outcome.kind === 'parsed' ? outcome.statements.map(dropLiterals) : [sql]);
  });
  return new Set(await Promise.all(dropped));
}

describe('literals', () => {
  it.each(SHAPES)('are part of the shape in %s: %s', async (...family) => {
    const [, , values] = family;

    expect(formsOf(family).size).toBe(values.length);
    expect((await meaningsOf(family)).size).toBe(values.length);
  });

  it.each(DATA)('are data in %s: %s', async (...family) => {
    expect([...formsOf(family)]).toHaveLength(1);
    expect([...(await meaningsOf(family))].join(' ')).not.toMatch(/ada|bob|\d{4}|17|19|07/);
  });

  it.each(['YYYY', 'MM'])(
    'are part of the shape in the format %s of a cast, which no mart is made of',
    (format) => {
      const form = fingerprint(
        `select cast(d as string format '${format}') from t`,
        dialectOf('bigquery'),
      );

      expect(form.normalForm).toContain(`format '${format}'`);
    },
  );

  it('skip rows after OFFSET, in brackets too', () => {
    const forms = [20, 40].map(
      (skipped) =>
        fingerprint(`select x from t limit 10 offset (${skipped})`, dialectOf('bigquery'))
          .normalForm,
    );

    expect(forms[0]).toBe(forms[1]);
  });

  it('are told for a format or none in no time, however many ways a text falls into directives', () => {
    const started = performance.now();

    expect(isFormat(`${'y'.repeat(39)}!`)).toBe(false);
    expect(isFormat(`${'sg'.repeat(19)}!`)).toBe(false);
    expect(isFormat(`${'%000'.repeat(9)}!`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
