import { z } from 'zod';

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const PATTERN = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** A duration setting written as `90s`, `15m`, `26h` or `7d`; parsed to milliseconds. */
export function duration(standard: `${number}${keyof typeof UNIT_MS}`) {
  return z
    .string()
    .regex(PATTERN, 'write a number and a unit: 500ms, 90s, 15m, 26h or 7d')
    .default(standard)
    .transform(durationToMs);
}

/** Milliseconds of a text that matches the notation; 0 for any other. */
export function durationToMs(text: string): number {
  const [, amount = '0', unit = 'ms'] = PATTERN.exec(text) ?? [];
  return Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
}

/** `26h`, `1.5d`, `90s`: the largest unit that keeps the number short. */
export function formatDuration(ms: number): string {
  const [unit, size] =
    (Object.entries(UNIT_MS) as [keyof typeof UNIT_MS, number][])
      .toReversed()
      .find(([, unitMs]) => ms >= unitMs) ?? (['ms', 1] as const);
  const amount = ms / size;
  return `${Number.isInteger(amount) ? amount : amount.toFixed(1)}${unit}`;
}
