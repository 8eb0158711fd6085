import { expect, it } from 'vitest';
import { fitsGlob } from '../../src/usage/glob.ts';

it.each([
  ['svc_loader', 'svc_*', true],
  ['SVC_LOADER', 'svc_*', true],
  ['my_svc', 'svc_*', false],
  ['abc', 'a?c', true],
  ['ac', 'a?c', false],
  ['', '*', true],
  ['a.b', 'a.b', true],
  ['axb', 'a.b', false],
  ['aXbXc', '*x*c', true],
])('%j against %j is %s', (text, pattern, fits) => {
  expect(fitsGlob(text, pattern)).toBe(fits);
});

it('stays quick with many stars', () => {
  expect(fitsGlob('a'.repeat(10_000), `${'*a'.repeat(200)}b`)).toBe(false);
});
