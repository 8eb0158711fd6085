import { describe, expect, it } from 'vitest';
import { canonicalJson, digestOf } from '../../src/base/digest.ts';

describe('digests', () => {
  it('do not depend on the order of keys, nor on members that are undefined', () => {
    expect(digestOf({ b: 1n, a: [{ d: 2, c: undefined }] })).toBe(
      digestOf({ a: [{ d: 2 }], b: 1n }),
    );
  });

  it('tell a list from the same list in another order', () => {
    expect(digestOf([1, 2])).not.toBe(digestOf([2, 1]));
  });

  it('write bigints as decimal text', () => {
    expect(canonicalJson({ rows: 9_007_199_254_740_993n })).toBe('{"rows":"9007199254740993"}');
  });
});
