import { describe, expect, it } from 'vitest';
import { namedAfter } from '../../src/base/named-after.ts';
import type { RelationId } from '../../src/base/relation.ts';

describe('a name after another', () => {
  it('is that with the suffix, as long as every warehouse keeps it whole', () => {
    const name = 'n'.repeat(57);

    expect(namedAfter('gold.sales' as RelationId, '__v1')).toBe('gold.sales__v1');
    expect(namedAfter(`gold.${name}` as RelationId, '__rows')).toBe(`gold.${name}__rows`);
  });

  it('is cut where it would be longer, and still tells two long names apart', () => {
    const long = 'n'.repeat(58);
    const [one, other] = [`${long}a`, `${long}b`].map((name) =>
      namedAfter(`gold.${name}` as RelationId, '__rows'),
    );

    expect(one).toMatch(/^gold\.n{48}_[0-9a-f]{8}__rows$/);
    expect(other).toMatch(/^gold\.n{48}_[0-9a-f]{8}__rows$/);
    expect(one).not.toBe(other);
  });
});
