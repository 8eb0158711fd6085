import type { CaseResult, MatchCase, RunParts } from './match-corpus.ts';
import { openBench, readCorpusLines, runCase } from './match-corpus.ts';

/** A hand-made case in which the obvious rewrite is wrong. */
export interface Trap extends MatchCase {
  readonly title: string;
  readonly wrong_rewrite: string;
  readonly sound_rewrite: string | null;
  readonly expect: 'no_rewrite' | 'rewrite_only_as_sound';
}

export interface TrapScore {
  readonly trap: Trap;
  readonly result: CaseResult;
  /** Unequal anywhere, broken, or from marts alone where no rewrite is right. */
  readonly isUnsound: boolean;
}

export function readTraps(): readonly Trap[] {
  return readCorpusLines<Trap>('traps.jsonl');
}

export async function scoreTrap(
  trap: Trap,
  parts: Pick<RunParts, 'trust' | 'engine'>,
): Promise<TrapScore> {
  const bench = await openBench(trap.setup);
  try {
    const result = await runCase(trap, { ...parts, bench });
    const onlyMarts = trap.expect === 'no_rewrite' && !result.readsBase;
    const isUnsound =
      result.verdict === 'unequal' ||
      result.verdict === 'broken' ||
      (result.verdict === 'equal' && onlyMarts);
    return { trap, result, isUnsound };
  } finally {
    bench.scratch.close();
  }
}
