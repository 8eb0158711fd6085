import type { Brand } from './brand.ts';

/**
 * Money in nano-dollars (1e-9 USD), as a bigint, so that sums of many small savings stay exact.
 *
 * Micro-dollars would be too coarse: a core-second at $0.05 an hour costs 13.9 micro-dollars, and
 * the statements of an embedded engine take milliseconds.
 */
export type NanoUsd = Brand<bigint, 'NanoUsd'>;

const NANOS_PER_USD = 1_000_000_000;

export const noMoney = nanoUsd(0n);

/** Takes whole nano-dollars. */
export function nanoUsd(nanos: bigint): NanoUsd {
  return nanos as NanoUsd;
}

/** Dollars to nano-dollars, rounded half away from zero. */
export function usd(dollars: number): NanoUsd {
  return nanoUsd(BigInt(Math.round(dollars * NANOS_PER_USD)));
}

/** Nano-dollars to dollars, for display and ratios only: never add the results. */
export function toDollars(amount: NanoUsd): number {
  return Number(amount) / NANOS_PER_USD;
}

export function addUsd(...amounts: readonly NanoUsd[]): NanoUsd {
  return nanoUsd(amounts.reduce((sum, amount) => sum + amount, 0n));
}

export function subtractUsd(from: NanoUsd, amount: NanoUsd): NanoUsd {
  return nanoUsd(from - amount);
}

/** Multiplies by a plain number (a count, a ratio), rounded to the nano-dollar. */
export function scaleUsd(amount: NanoUsd, factor: number): NanoUsd {
  return nanoUsd(BigInt(Math.round(Number(amount) * factor)));
}

/** `$1,234.50`, `$0.0042`, `$0.000000013`: two decimals from a cent up, else two significant digits. */
export function formatUsd(amount: NanoUsd): string {
  const dollars = Math.abs(toDollars(amount));
  const sign = amount < 0n ? '-' : '';
  if (dollars === 0) {
    return '$0.00';
  }
  if (dollars >= 0.995) {
    return `${sign}$${dollars.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  }
  const decimals = Math.max(2, 1 - Math.floor(Math.log10(dollars)));
  return `${sign}$${dollars.toFixed(Math.min(decimals, 9))}`;
}
