import { expect, it } from 'vitest';
import { nanoUsd } from '../../src/base/usd.ts';
import { buildBudget, type Worth } from '../../src/decide/build-budget.ts';

const input = { caps: { maxStorageBytes: 1e12 }, marts: [] } as unknown as Parameters<
  typeof buildBudget
>[1]['input'];

/** A build of ten minutes that costs a dollar. */
const estimate = { buildCpuMs: 600_000, buildCost: nanoUsd(1_000_000_000n), bytes: 1 };

function worth(centsPerDay: number): Worth {
  return { netPerDay: nanoUsd(BigInt(centsPerDay * 10_000_000)), days: 60 };
}

it.for([
  ['a refresh is stopped at twenty times its estimate', undefined, 20],
  ['so is the build of what saves much', worth(100), 20],
  ['what is hoped to net six dollars may cost six', worth(10), 6],
  ['what saves cents may cost its own estimate and as much again', worth(1), 2],
  ['so may what a season alone pays for', worth(-5), 2],
] as const)('%s', ([, worthOf, times]) => {
  const { cpuMs } = buildBudget(estimate, { mart: undefined, input, worth: worthOf });

  expect(cpuMs).toBe(times * 600_000);
});

it('leaves a small build a minute, for estimates of little are rough', () => {
  const small = { ...estimate, buildCpuMs: 100 };

  expect(buildBudget(small, { mart: undefined, input, worth: worth(1) }).cpuMs).toBe(60_000);
});
