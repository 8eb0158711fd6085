import { describe, expect, it } from 'vitest';
import { corpus, hasCorpus } from './match-corpus.ts';
import type { MvSuite } from './score-mv-cases.ts';
import { scoreMvCases } from './score-mv-cases.ts';

if (!hasCorpus) {
  // oxlint-disable-next-line no-console -- people must see that nothing was checked
  console.warn(`materialized view cases are skipped: there is no corpus at ${corpus}`);
}

/** Every n-th case, so that a normal run stays short; 1 for all. */
const STRIDE = Number(process.env['GOLDSMITH_MV_STRIDE'] ?? 36);

const suites: readonly { readonly name: MvSuite; readonly keyed: boolean }[] = [
  { name: 'starrocks', keyed: false },
  { name: 'starrocks', keyed: true },
  { name: 'doris', keyed: false },
];

describe.runIf(hasCorpus)('cases from engines’ own rewrite tests', () => {
  it.each(suites)(
    'give no unsound rewrite: $name, declared keys as facts: $keyed',
    { timeout: 600_000 },
    async ({ name, keyed }) => {
      const counts: Record<string, number> = {};
      const unsound: string[] = [];

      for await (const score of scoreMvCases({ suite: name, keyed, stride: STRIDE })) {
        const { test, result, isUnsound } = score;
        if (isUnsound) {
          unsound.push(`${test.id}: ${result.answer.sql}\n${result.detail}`);
        }
        const key = `${test.expect}: ${result.verdict}`;
        counts[key] = (counts[key] ?? 0) + 1;
      }

      // oxlint-disable-next-line no-console -- the counts are the score
      console.log(name, keyed ? 'with declared keys' : 'without keys', counts);
      expect(unsound).toEqual([]);
      expect(counts['rewrite: equal']).toBeGreaterThan(0);
    },
  );
});
