import { expect, it } from 'vitest';
import { relationId, relationParts } from '../../src/base/relation.ts';

it.for([
  [{ database: 'lake', schema: 'gold', name: 'sales' }, 'lake.gold.sales'],
  [{ schema: 'my schema', name: 'a.b"c' }, '"my schema"."a.b""c"'],
  [{ name: 'plain' }, 'plain'],
] as const)('names %j as %s and splits it again', ([parts, id]) => {
  expect(relationId(parts)).toBe(id);
  expect(relationParts(id)).toMatchObject(parts);
});
