import { expect, it } from 'vitest';
import { Patience } from '../../src/parsers/patience.ts';

it('counts the time between looks as long as nothing moves', () => {
  const patience = new Patience(500, 1000);

  expect(patience.look(1500, false)).toBe(500);
  expect(patience.look(2100, false)).toBe(1100);
  expect(patience.look(2600, true)).toBe(0);
  expect(patience.look(3100, false)).toBe(500);
});

it('does not hold against a worker that the whole process stood still', () => {
  const patience = new Patience(500, 0);
  patience.look(500, false);

  expect(patience.look(90_000, false)).toBe(1500);
});
