import { rangesMoved } from '../../marts/ranges.ts';
import type { BuildCheck } from '../check.ts';

/**
 * Ranges taken from the version before hold exactly what was proved of them then; their sources are as they were then, so this is
 * what the definition gives now.
 */
export const sameKeptRanges: BuildCheck = {
  id: 'same-kept-ranges',

  async check({ kept, tableRanges }) {
    const found = await tableRanges();
    if (kept === undefined || found === undefined) {
      return { kind: 'pass', evidence: {} };
    }
    const moved = rangesMoved(kept.before.table, found).filter((range) =>
      kept.kept.includes(range),
    );
    const evidence = { kept: kept.kept.length, computed: kept.computed.length };
    return moved.length === 0
      ? { kind: 'pass', evidence }
      : {
          kind: 'fail',
          because: `${moved.length} of ${kept.kept.length} ranges taken from the version before are not as they were proved`,
          evidence: { ...evidence, moved: moved.length },
        };
  },
};
