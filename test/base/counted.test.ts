import { expect, it } from 'vitest';
import { counted } from '../../src/base/counted.ts';

it.for([
  [0, 'run', undefined, '0 runs'],
  [1, 'run', undefined, '1 run'],
  [2, 'run', undefined, '2 runs'],
  [1, 'kind of statement', 'kinds of statement', '1 kind of statement'],
  [3, 'kind of statement', 'kinds of statement', '3 kinds of statement'],
] as const)('counts %i of a %s', ([count, noun, plural, told]) => {
  expect(counted(count, noun, plural)).toBe(told);
});
