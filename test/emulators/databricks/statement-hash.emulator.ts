import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connector } from '../../../src/connectors/connector.ts';
import { databricksNames } from '../../../src/connectors/databricks/names.ts';
import { COMMENT, SCRIPT } from '../../../src/connectors/databricks/script-text.ts';
import { statementHash } from '../../../src/connectors/databricks/statement-hash.ts';
import { APART, TOGETHER } from '../../connectors/databricks/hashed-texts.ts';
import { part } from '../part.ts';
import { type Spark, startSpark } from './spark.ts';

/** Each of some 60,000 letters: a pattern whose groups recurse ends the task with a StackOverflowError, which is no SQL error. */
const LONG: readonly string[] = [
  `select '$${'abcdefghij'.repeat(6_000)}' from t`,
  `/* ${'a*b, '.repeat(12_000)} */ select x from t`,
  `/*\n${' * a line of a header\n'.repeat(2_700)} */ select x from t`,
  `${'-- a line of a header\n'.repeat(2_700)}select x from t`,
  `select round(${'f(x) + '.repeat(8_000)}1, 100) from t`,
];

part(
  {
    variable: 'GOLDSMITH_SPARK',
    against: 'the hash of Databricks statements, as the regular expressions of Java 17 make it',
  },
  () => {
    describe('the hash of statements on Apache Spark', () => {
      let spark: Spark;
      let connector: Connector;

      beforeAll(async () => {
        spark = await startSpark();
        connector = await spark.open();
      });
      afterAll(async () => {
        await connector.close();
        await spark.stop();
      });

      async function hashesOf(texts: readonly string[], told = statementHash('text')) {
        const values = texts.map((text, at) => `(${at}, ${databricksNames.text(text)})`);
        const { rows } = await connector.query(
          `select ${told} from (values ${values.join(', ')}) as t(place, text) order by place`,
          { purpose: 'history' },
        );
        return rows.map(([hash]) => hash);
      }

      it('takes long texts of every kind that made its patterns recurse', async () => {
        const isScript = `cast(regexp_like(regexp_replace(text, ${databricksNames.text(COMMENT)}, ' '), ${databricksNames.text(`(?i)${SCRIPT}`)}) as string)`;

        expect(new Set(await hashesOf(LONG)).size).toBe(3);
        expect(await hashesOf(LONG, isScript)).toEqual(LONG.map(() => 'false'));
      });

      it('tells apart and takes for one what it does on our own server', async () => {
        for (const [groups, sizes] of [
          [APART, APART.map(({ length }) => length)],
          [TOGETHER, TOGETHER.map(() => 1)],
        ] as const) {
          const hashes = await hashesOf(groups.flat());
          const counts = groups.map((some) => new Set(hashes.splice(0, some.length)).size);
          expect(counts).toEqual(sizes);
        }
      });
    });
  },
);
