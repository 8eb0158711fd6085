import { expect, it } from 'vitest';
import type { Connector } from '../../../src/connectors/connector.ts';
import { part } from '../part.ts';
import { oneOfEach, TEXTS } from '../statements/texts-of.ts';
import { informationSchema } from './information-schema.ts';
import { startSpark } from './spark.ts';
import { SYSTEM_TABLES } from './system-tables.ts';

const SCHEMAS = ['shop', 'sales', 'gold', 'gold_data', 'goldsmith'];

/** The sources of the marts these statements are about. */
const SOURCES = [
  'create table shop.orders (id bigint, amount double, said string)',
  'create table sales.orders (id bigint, customer_id bigint, amount decimal(12, 2))',
  'create table sales.customers (id int, region string)',
  'create table gold_data.daily as select 1 as a',
  'create table gold_data.hourly as select 1 as a',
  'create view gold.sales as select 1 as a',
];

/** Made really, so that what names them can be analysed; the others are explained, but for those that only look and have no plan. */
const MAKES = /^(?:\/\*.*?\*\/\s*)?create (?:or replace )?(?:table|view)\b/;
const LOOKS = /^(?:\/\*.*?\*\/\s*)?(?:describe|show)\b/;

/** What it cannot, all of it and nothing else: words of the statement, and what it says. */
const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/^comment on table `gold`\.`goldsmith_dry_run` /, 'EXPECT_TABLE_NOT_VIEW'],
  [/^comment on column /, 'PARSE_SYNTAX_ERROR'],
  [/^create materialized view /, 'PARSE_SYNTAX_ERROR'],
  [/^refresh materialized view /, 'in a way we do not know'],
  [/^drop materialized view /, 'PARSE_SYNTAX_ERROR'],
  [/^grant SELECT on table /, 'INVALID_STATEMENT_OR_CLAUSE'],
  [/^revoke SELECT on table /, 'INVALID_STATEMENT_OR_CLAUSE'],
  [/^alter view \S+ owner to /, 'PARSE_SYNTAX_ERROR'],
  // Of a table of Delta's; of views it is what is asked.
  [/^show create table `shop`\.`orders`$/, 'in a way we do not know'],
];

part(
  {
    variable: 'GOLDSMITH_SPARK',
    against: 'Databricks, as Apache Spark with Delta and Iceberg (PyPI, Maven) has it',
  },
  () => {
    it('Apache Spark analyses every kind of statement sent to Databricks, by names and types', async () => {
      // It takes names of letters, digits and underscores alone.
      const texts = oneOfEach((await TEXTS['databricks']?.()) ?? []).map((sql) =>
        sql.replaceAll("`daily's sales`", '`daily_sales`').replaceAll("`daily's`", '`daily`'),
      );
      const spark = await startSpark();
      const connector = await spark.open();
      const problems: (readonly [string, string])[] = [];
      try {
        await emptied(connector);
        for (const sql of texts.toSorted((one, other) => +MAKES.test(other) - +MAKES.test(one))) {
          problems.push([sql, await saysOf(connector, sql)]);
        }
      } finally {
        await connector.close();
        await spark.stop();
      }

      const refused = problems.filter(([, said]) => said !== '');
      const isRefused = (sql: string, said: string) =>
        REFUSED.some(([words, because]) => words.test(sql) && said.includes(because));
      expect(refused.filter(([sql, said]) => !isRefused(sql, said))).toEqual([]);
      expect(REFUSED.filter(([words]) => !refused.some(([sql]) => words.test(sql)))).toEqual([]);
      process.stdout.write(
        `Apache Spark analysed ${problems.length - refused.length} of ${problems.length} statements\n`,
      );
    });
  },
);

async function emptied(connector: Connector): Promise<void> {
  const schemas = SCHEMAS.flatMap((name) => [
    `drop schema if exists ${name} cascade`,
    `create schema ${name}`,
  ]);
  for (const sql of [
    ...schemas,
    'create schema if not exists information_schema',
    ...informationSchema(),
    ...SYSTEM_TABLES,
    ...SOURCES,
  ]) {
    await connector.execute(sql, { purpose: 'build' });
  }
}

/** What Spark says against a statement; nothing where it takes it. */
async function saysOf(connector: Connector, sql: string): Promise<string> {
  const { explain } = connector.wording;
  try {
    if (MAKES.test(sql)) {
      await connector.execute(sql, { purpose: 'build' });
      return '';
    }
    const isLook = LOOKS.test(sql);
    const { rows } = await connector.query(isLook ? sql : `explain ${sql}`, { purpose: 'catalog' });
    const failure = isLook ? undefined : explain?.failure?.(rows);
    return failure === undefined ? '' : String(failure);
  } catch (error) {
    const said = String(error);
    return /ALREADY_EXISTS|NON_EMPTY_LOCATION|EXPECT_VIEW_NOT_TABLE/.test(said) ? '' : said;
  }
}
