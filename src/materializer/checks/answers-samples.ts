import { counted } from '../../base/counted.ts';
import type { ReplayCheck } from '../check.ts';

/** Real statements answer the same on both sides; one that differs is enough to refuse. */
export const answersSamples: ReplayCheck = {
  id: 'answers-samples',

  check({ action, replayed }) {
    const { equal, different, statements } = replayed;
    const skipped = statements.length - equal - different;
    const evidence = { equal, different, skipped };
    const wrong = statements.find(({ kind }) => kind === 'different');
    if (wrong?.kind === 'different') {
      const because = `statement ${wrong.fingerprint} answers differently on the mart: ${wrong.because}`;
      return { kind: 'fail', because, evidence };
    }
    if (equal > 0 || action.reason === 'refresh') {
      return { kind: 'pass', evidence };
    }
    const [first] = statements;
    const reason =
      first?.kind === 'skipped' ? `the first because ${first.because}` : 'none were named';
    return {
      kind: 'fail',
      because: `none of ${counted(statements.length, 'statement')} could be replayed on both sides (${reason})`,
      evidence,
    };
  },
};
