import { expect, it } from 'vitest';
import { DAY_MS, dayOf } from '../../src/base/clock.ts';
import { relationId } from '../../src/base/relation.ts';
import { samplesOf } from '../../src/daemon/paired-samples.ts';
import { savingsSettings } from '../../src/savings/settings.ts';
import type { UsageSnapshot } from '../../src/usage/template.ts';

const sales = relationId({ schema: 'gold', name: 'sales' });
const NOW = Date.UTC(2026, 2, 20);
const settings = savingsSettings.parse({ holdOutShare: 0, pairedRunsEvery: '7d' });

/** One dashboard's statement over the mart, so many runs on each of the last seven days. */
function aWeekOf(runsADay: number): UsageSnapshot {
  const days = [1, 2, 3, 4, 5, 6, 7].map((ago) => NOW - ago * DAY_MS);
  return {
    templates: [{ fingerprint: 'f', shape: { relations: [{ relation: sales, via: 'named' }] } }],
    facts: days.map((at) => ({
      fingerprint: 'f',
      day: dayOf(at),
      reader: { kind: 'dashboard', name: 'board', tool: '' },
      servedBy: { kind: 'base' },
      runs: runsADay,
      lastEndedAt: at,
      sampleIds: [`s${at}`],
    })),
  } as unknown as UsageSnapshot;
}

const measuredOn = (at: number) => [{ at, mart: sales, fingerprint: 'f' }] as never;

it('measures what was never measured, however rarely it is asked', () => {
  const asked = { usage: aWeekOf(1), now: NOW, measured: [], settings };

  expect(samplesOf(sales, asked)).toEqual([
    { fingerprint: 'f', sampleId: `s${NOW - DAY_MS}`, at: undefined },
  ]);
});

it.for([
  ['does not measure again before its time', 6, 100, 0],
  ['measures again where readers came often', 8, 3, 1],
  ['does not where two runs on base would cost a good part of what it saves them', 8, 2, 0],
] as const)('%s', ([, daysAgo, runsADay, samples]) => {
  const measured = measuredOn(NOW - daysAgo * DAY_MS);

  const chosen = samplesOf(sales, { usage: aWeekOf(runsADay), now: NOW, measured, settings });

  expect(chosen.length).toBe(samples);
});
