import { describe, expect, it } from 'vitest';
import { OffsetIndex } from '../../../src/connectors/history/offset-index.ts';

describe('an offset index', () => {
  it('finds every one of 100,000 ids, with few others beside', () => {
    const index = new OffsetIndex();
    for (let n = 0; n < 100_000; n += 1) {
      index.add(`statement-${n}`, n * 100);
    }

    let found = 0;
    for (let n = 0; n < 100_000; n += 1) {
      const offsets = index.find(`statement-${n}`);
      expect(offsets).toContain(n * 100);
      found += offsets.length;
    }
    expect(found).toBeLessThan(100_100);
  });

  it('finds nothing where nothing was added, or after it was cleared', () => {
    const index = new OffsetIndex();
    expect(index.find('a')).toEqual([]);

    index.add('a', 0);
    expect(index.find('a')).toEqual([0]);

    index.clear();
    expect(index.find('a')).toEqual([]);
  });
});
