import { describe, expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import { nanoUsd } from '../../src/base/usd.ts';
import { openRunningCost, toldByMarts } from '../../src/daemon/running-cost.ts';
import type { WorkDone } from '../../src/marts/receipt.ts';

describe('what running Goldsmith costs', () => {
  it('is what its statements took beyond what marts’ own work tells, each part once', () => {
    const running = openRunningCost(100);
    running.spend(30);
    running.spend(20);

    expect(running.takeRest(110)).toBe(40);
    expect(running.takeRest(110)).toBe(0);
  });

  it('is nothing where marts’ work tells more, as of trials on databases of our own', () => {
    const running = openRunningCost(0);
    running.spend(5);

    expect(running.takeRest(50)).toBe(0);
    running.spend(7);
    expect(running.takeRest(50)).toBe(7);
  });

  it('does not take its own shares for work of marts', () => {
    const aWork = (kind: WorkDone['kind'], cpuMs: number): WorkDone => ({
      at: 0,
      relation: relationId({ schema: 'gold', name: 'sales' }),
      kind,
      cpuMs,
      cost: nanoUsd(0n),
    });

    expect(toldByMarts([aWork('build', 5), aWork('running', 7), aWork('daemon', 2)])).toBe(7);
  });
});
