import { describe, expect, it } from 'vitest';
import { momentOf } from '../../../src/connectors/history/moment.ts';

const NOON = Date.UTC(2026, 0, 31, 12);

describe('a moment in an export', () => {
  it.for<[unknown, number | undefined]>([
    ['2026-01-31T12:00:00.000Z', NOON],
    ['2026-01-31T12:00:00Z', NOON],
    ['2026-01-31 12:00:00', NOON],
    ['2026-01-31T12:00', NOON],
    ['2026-01-31', Date.UTC(2026, 0, 31)],
    ['2026-01-31 14:00:00.123456+02', NOON + 123],
    ['2026-01-31T06:30:00-05:30', NOON],
    ['2026-01-31 12:00:00 UTC', NOON],
    [NOON, NOON],
    [String(NOON), NOON],
    [NOON / 1000, undefined],
    [NOON * 1000, undefined],
    [Number.NaN, undefined],
    ['2026-02-30T12:00:00.000X', undefined],
    ['2026-13-31', undefined],
    ['yesterday', undefined],
    ['', undefined],
    [true, undefined],
    [undefined, undefined],
  ])('%s is %s', ([value, expected]) => {
    expect(momentOf(value)).toBe(expected);
  });
});
