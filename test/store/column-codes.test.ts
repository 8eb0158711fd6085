import { describe, expect, it } from 'vitest';
import { decodeCodes, encodeCodes } from '../../src/store/column-codes.ts';

describe('column codes', () => {
  it.each([[[]], [[0]], [[127, 128, 129]], [[1, 16_383, 16_384, 2_000_000]]])(
    'come back as they went in: %j',
    (codes) => {
      expect(decodeCodes(encodeCodes(new Set(codes.toReversed())))).toEqual(codes);
    },
  );

  it('take a byte each where they lie close', () => {
    expect(encodeCodes(new Set([4, 6, 9, 100]))).toHaveLength(4);
  });
});
