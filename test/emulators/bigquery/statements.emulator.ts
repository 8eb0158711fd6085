import { expect, it } from 'vitest';
import { part } from '../part.ts';
import { oneOfEach, TEXTS } from '../statements/texts-of.ts';
import { startEmulator } from './emulator.ts';
import { STAND_INS, withStandIns } from './stand-ins.ts';

/** The sources of the marts these statements are about. */
const SOURCES = [
  'create table shop.orders (id int64, customer_id int64, amount numeric, said string)',
  'create table shop.customers (id int64, region string)',
];

/** Made really, so that what names them can be analysed; the others are tried in dry runs. */
const MAKES = /^(?:\/\*.*?\*\/\s*)?create (?:or replace )?(?:table|view)\b/;
/** It was analysed before. */
const IS_THERE = /already (?:exists|created)/;

/** What it cannot, all of it and nothing else: a word of the statement, and what it says. */
const REFUSED: readonly (readonly [RegExp, string])[] = [
  [/alter view \S+ set options/, 'not supported: AlterViewStatement'],
  [/alter view \S+ alter column/, 'not supported: AlterViewStatement'],
  [/create materialized view/, 'not supported: CreateMaterializedViewStatement'],
  [/drop materialized view/, 'not supported: DropMaterializedViewStatement'],
  [/rollback transaction/, 'not supported: RollbackStatement'],
  [/merge into/, 'MERGE: source must be a single-table reference'],
];

part(
  {
    variable: 'GOLDSMITH_BIGQUERY_EMULATOR',
    against: 'BigQuery, as goccy/bigquery-emulator (Go) has it',
  },
  () => {
    it('GoogleSQL analyses every kind of statement sent to BigQuery, by names and types', async () => {
      const texts = oneOfEach((await TEXTS['bigquery']?.()) ?? []).map(
        (sql) => [sql, withStandIns(sql).sql] as const,
      );
      const emulator = await startEmulator(['info', 'shop', 'gold', 'gold_data', 'goldsmith']);
      const problems: (readonly [string, string])[] = [];
      try {
        for (const sql of [...STAND_INS, ...SOURCES]) {
          expect(await emulator.saysOf(sql)).toBe('');
        }
        const [making, trying] = [true, false].map((makes) =>
          texts.filter(([sql]) => MAKES.test(sql) === makes),
        ) as [typeof texts, typeof texts];
        for (const [sql, asked] of making) {
          const said = await emulator.saysOf(asked);
          problems.push([sql, IS_THERE.test(said) ? '' : said]);
        }
        for (const [sql, asked] of trying) {
          problems.push([sql, await emulator.saysOf(asked, { dryRun: true })]);
        }
      } finally {
        await emulator.stop();
      }

      const refused = problems.filter(([, said]) => said !== '');
      const isRefused = (sql: string, said: string) =>
        REFUSED.some(([words, because]) => words.test(sql) && said.includes(because));
      expect(refused.filter(([sql, said]) => !isRefused(sql, said))).toEqual([]);
      expect(REFUSED.filter(([words]) => !refused.some(([sql]) => words.test(sql)))).toEqual([]);
      process.stdout.write(
        `GoogleSQL analysed ${problems.length - refused.length} of ${problems.length} statements\n`,
      );
    });
  },
);
