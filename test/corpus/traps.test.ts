import { describe, expect, it } from 'vitest';
import { corpus, hasCorpus, openBench, readCorpusLines, runCase } from './match-corpus.ts';

interface Trap {
  readonly id: string;
  readonly title: string;
  readonly setup: string;
  readonly mvs: readonly string[];
  readonly query: string;
  readonly wrong_rewrite: string;
  readonly expect: 'no_rewrite' | 'rewrite_only_as_sound';
}

if (!hasCorpus) {
  // oxlint-disable-next-line no-console -- people must see that nothing was checked
  console.warn(`traps are skipped: there is no corpus at ${corpus}`);
}

const traps = hasCorpus ? readCorpusLines<Trap>('traps.jsonl') : [];

describe.runIf(hasCorpus)('a trap', () => {
  it.each(traps.map((trap) => [trap.id, trap.title, trap] as const))(
    '%s is not stepped into: %s',
    async (_id, _title, trap) => {
      for (const trust of [false, true]) {
        const bench = await openBench(trap.setup);

        const result = await runCase(trap, { bench, trust });
        bench.scratch.close();

        expect(['refused', 'equal'], `${result.answer.sql}\n${result.detail}`).toContain(
          result.verdict,
        );
        if (result.verdict === 'refused') {
          expect(result.answer.because?.[0]?.text).toMatch(/\w+ \w+/);
        }
        if (trap.expect === 'no_rewrite' && result.verdict === 'equal') {
          expect(result.readsBase, result.answer.sql).toBe(true);
        }
      }
    },
  );
});
