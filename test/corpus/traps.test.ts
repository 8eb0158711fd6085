import { describe, expect, it } from 'vitest';
import { corpus, hasCorpus } from './match-corpus.ts';
import { readTraps, scoreTrap } from './score-traps.ts';

if (!hasCorpus) {
  // oxlint-disable-next-line no-console -- people must see that nothing was checked
  console.warn(`traps are skipped: there is no corpus at ${corpus}`);
}

const traps = hasCorpus ? readTraps() : [];

describe.runIf(hasCorpus)('a trap', () => {
  it.each(traps.map((trap) => [trap.id, trap.title, trap] as const))(
    '%s is not stepped into: %s',
    async (_id, _title, trap) => {
      for (const trust of [false, true]) {
        const { result, isUnsound } = await scoreTrap(trap, { trust });

        expect(['refused', 'equal'], `${result.answer.sql}\n${result.detail}`).toContain(
          result.verdict,
        );
        expect(isUnsound, result.answer.sql).toBe(false);
        if (result.verdict === 'refused') {
          expect(result.answer.because?.[0]?.text).toMatch(/\w+ \w+/);
        }
      }
    },
  );
});
