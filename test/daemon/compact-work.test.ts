import { expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, handTurnedClock } from '../../src/base/clock.ts';
import { relationId } from '../../src/base/relation.ts';
import { nanoUsd } from '../../src/base/usd.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { compactWork } from '../../src/daemon/compact-work.ts';
import { openMemory } from '../../src/daemon/memory.ts';
import { openStore } from '../../src/store/open-store.ts';

const START = Date.parse('2026-01-01T00:00:00Z');
const relation = relationId({ schema: 'gold', name: 'sales' });

it('keeps one entry a kind and day of old work, cut at each flip, and recent work as it is', () => {
  const store = openStore(':memory:');
  const memory = openMemory(store.documents);
  const config = parseConfig({
    file: 'test.yaml',
    text: JSON.stringify({
      warehouse: { path: 'w.duckdb' },
      history: { source: 'export', path: 'h.jsonl' },
    }),
    env: {},
  });
  const flip = START + 12.5 * HOUR_MS;
  memory.carriedOut.put('d', {
    decision: 'd',
    relation,
    physicalSince: flip,
    rolledBack: false,
    predictedNetPerDay: nanoUsd(0n),
    predictedMsPerDay: 0,
  });
  const days = config.decide.evidenceDays + 4;
  for (let hour = 0; hour < days * 24; hour += 1) {
    const at = START + hour * HOUR_MS;
    memory.work.put(`${at}`, { at, relation, kind: 'refresh', cpuMs: 2, cost: nanoUsd(3n) });
  }
  const sums = () => ({
    before: memory.work
      .list()
      .filter(({ at }) => at < flip)
      .reduce((sum, { cost }) => sum + cost, 0n),
    all: memory.work.list().reduce((sum, { cost }) => sum + cost, 0n),
    cpuMs: memory.work.list().reduce((sum, { cpuMs }) => sum + cpuMs, 0),
  });
  const asBefore = sums();
  const clock = handTurnedClock(START + days * DAY_MS);

  compactWork({ memory, config, clock });

  expect(sums()).toEqual(asBefore);
  expect(memory.work.list().filter(({ at }) => at < START + 3 * DAY_MS)).toHaveLength(4);
  expect(memory.work.list().filter(({ at }) => at >= START + 3 * DAY_MS)).toHaveLength(
    (days - 3) * 24,
  );
  store.close();
});
