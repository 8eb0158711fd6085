import { describe, expect, it } from 'vitest';
import { costedDays, historyDays } from '../../src/decide/days.ts';
import { aCycleInput } from '../builders/a-world.ts';

const NOW = Date.parse('2026-06-10T03:00:00Z');
const LATELY = {
  sql: 'select count(*) from silver.order_lines',
  days: 2,
  runsPerDay: 3,
  readers: ['ana'],
  client: 'metabase',
  cpuMs: 10,
};
const IMPORTED = { ...LATELY, days: 9, changes: { costedRuns: 0, cpuMs: 0 } };

describe('the days that can say what demand costs', () => {
  it('begin with the first run whose cost was told: use recorded before it makes no later day look rare', async () => {
    const { usage } = await aCycleInput({ statements: [IMPORTED, LATELY], now: NOW });

    expect(historyDays(usage, NOW)).toHaveLength(9);
    expect(costedDays(usage, NOW)).toEqual(['2026-06-08', '2026-06-09']);
  });

  it('are all days where no cost was ever told', async () => {
    const { usage } = await aCycleInput({ statements: [IMPORTED], now: NOW });

    expect(costedDays(usage, NOW)).toEqual(historyDays(usage, NOW));
  });
});
