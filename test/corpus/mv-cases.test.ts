import { describe, expect, it } from 'vitest';
import { readDdl } from '../../src/cli/read-ddl.ts';
import type { Facts } from '../../src/marts/facts.ts';
import { dialectOf } from '../../src/sql/dialects.ts';
import { declaredFacts } from '../../src/sql/match/declared-facts.ts';
import { withDeclaredKeys } from './declared-keys.ts';
import type { Bench } from './match-corpus.ts';
import {
  corpus,
  hasCorpus,
  openBench,
  parse,
  readCorpusLines,
  readCorpusText,
  runCase,
} from './match-corpus.ts';

interface MvCase {
  readonly id: string;
  readonly schema: string;
  readonly mvs: readonly string[];
  readonly query: string;
  readonly expect: 'rewrite' | 'no_rewrite';
  readonly mv_alone?: string;
  readonly adapted?: { readonly mvs?: readonly string[]; readonly query?: string };
}

if (!hasCorpus) {
  // oxlint-disable-next-line no-console -- people must see that nothing was checked
  console.warn(`materialized view cases are skipped: there is no corpus at ${corpus}`);
}

/** Every n-th case, so that a normal run stays short; 1 for all. */
const STRIDE = Number(process.env['GOLDSMITH_MV_STRIDE'] ?? 4);

const suites = [
  { name: 'starrocks', keyed: false },
  { name: 'starrocks', keyed: true },
  { name: 'doris', keyed: false },
];

describe.runIf(hasCorpus)('cases from engines’ own rewrite tests', () => {
  it.each(suites)(
    'give no unsound rewrite: $name, declared keys as facts: $keyed',
    { timeout: 600_000 },
    async ({ name, keyed }) => {
      const cases = readCorpusLines<MvCase>(`mv_cases/${name}.jsonl`).filter(
        (_case, index) => index % STRIDE === 0,
      );
      const macros =
        name === 'doris'
          ? readCorpusText('mv_cases/duckdb_macros.sql').replaceAll(/^--.*$/gm, '')
          : '';
      const benches = new Map<string, Bench>();
      const counts: Record<string, number> = {};
      const unsound: string[] = [];

      for (const each of cases) {
        const plain = setupOf(each, name);
        const bench = benches.get(plain) ?? (await openBench(plain, macros));
        benches.set(plain, bench);
        const setup = keyed ? withDeclaredKeys(plain) : plain;
        const test = { ...each, setup, ...each.adapted };
        const result = await runCase(test, { bench, trust: keyed, facts: await factsOf(setup) });
        const readsOnlyMarts = !result.readsBase && result.verdict === 'equal';
        if (
          result.verdict === 'unequal' ||
          result.verdict === 'broken' ||
          (readsOnlyMarts && each.mv_alone === 'impossible')
        ) {
          unsound.push(`${each.id}: ${result.answer.sql}\n${result.detail}`);
        }
        const key = `${each.expect}: ${result.verdict}`;
        counts[key] = (counts[key] ?? 0) + 1;
      }
      benches.forEach(({ scratch }) => scratch.close());

      // oxlint-disable-next-line no-console -- the counts are the score
      console.log(name, keyed ? 'with declared keys' : 'without keys', counts);
      expect(unsound).toEqual([]);
      expect(counts['rewrite: equal']).toBeGreaterThan(0);
    },
  );
});

function setupOf({ schema }: MvCase, name: string): string {
  return name === 'doris'
    ? readCorpusText(`mv_cases/doris_schemas/${schema.replace('doris:', '')}.sql`)
    : readCorpusText('mv_cases/starrocks_schema.sql');
}

/** Random databases keep to what is declared, so that a rewrite that relies on it is judged fairly. */
async function factsOf(ddl: string): Promise<Facts> {
  const schema = await readDdl({ ddl, dialect: dialectOf('duckdb'), names: {} }, parse);
  return declaredFacts(schema, { trustKeys: true });
}
