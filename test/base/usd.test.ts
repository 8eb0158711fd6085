import { describe, expect, it } from 'vitest';
import { addUsd, formatUsd, nanoUsd, scaleUsd, usd } from '../../src/base/usd.ts';

describe('money', () => {
  it.for([
    [0n, '$0.00'],
    [13n, '$0.000000013'],
    [13_889n, '$0.000014'],
    [4_200_000n, '$0.0042'],
    [125_000_000n, '$0.13'],
    [995_000_000n, '$1.00'],
    [1_234_500_000_000n, '$1,234.50'],
    [-4_200_000n, '-$0.0042'],
  ] as const)('%s nano-dollars read as %s', ([nanos, text]) => {
    expect(formatUsd(nanoUsd(nanos))).toBe(text);
  });

  it('adds a million tiny savings up exactly', () => {
    const tiny = nanoUsd(7n);

    expect(addUsd(...Array.from({ length: 100_000 }, () => tiny))).toBe(700_000n);
  });

  it('rounds to the nano-dollar', () => {
    expect(usd(0.0000000014)).toBe(1n);
    expect(scaleUsd(nanoUsd(10n), 0.25)).toBe(3n);
  });
});
