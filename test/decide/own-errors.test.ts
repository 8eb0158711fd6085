import { describe, expect, it } from 'vitest';
import { type Expected, OwnErrors } from '../../src/decide/forecast/own-errors.ts';

const YEAR = 364;

/** Says 28 runs of the next four weeks, give or take `sd`, every day; `came` runs come on a day. */
function lived(sd: number, came: (day: number) => number): OwnErrors {
  const errors = new OwnErrors();
  const say = (): Expected => ({ mean: 28, sd });
  for (let day = 0; day < YEAR; day += 1) {
    errors.note(day, came(day), say);
  }
  return errors;
}

describe('an interval, by the errors of its own past', () => {
  it('is as it was said until four weeks have passed', () => {
    const errors = new OwnErrors();
    for (let day = 0; day < 28; day += 1) {
      errors.note(day, 9, () => ({ mean: 1, sd: 1 }));
    }

    expect(errors.scale).toBe(1);
  });

  it('narrows where what came always lay well inside', () => {
    expect(lived(20, () => 1).scale).toBeLessThan(0.5);
  });

  it('widens where what came lay outside, as far as it has to', () => {
    const { scale } = lived(5, (day) => (day % 84 < 42 ? 2 : 0));

    expect(scale).toBeGreaterThan(3);
  });

  it('settles where three of five lie inside', () => {
    // Every fifth month is off by ten to either side, the others are met.
    const off = (day: number) => [10, -10, 2, -2, 0][Math.floor(day / 28) % 5] ?? 0;
    const { scale } = lived(10, (day) => 1 + off(day) / 28);

    expect(scale * 10 * 0.84).toBeGreaterThan(2);
    expect(scale * 10 * 0.84).toBeLessThan(10);
  });

  it('learns nothing where nothing was said and nothing came', () => {
    const errors = new OwnErrors();
    for (let day = 0; day < YEAR; day += 1) {
      errors.note(day, 0, () => ({ mean: 0, sd: 0 }));
    }

    expect(errors.scale).toBe(1);
  });
});
