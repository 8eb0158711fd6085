import { expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import { roomLeft } from '../../src/decide/room.ts';
import { aMart, aVersion } from '../builders/a-mart.ts';
import { aCycleInput } from '../builders/a-world.ts';

const NOW = Date.parse('2026-03-20T02:00:00Z');

it('leaves room for the next version of every mart that stands', async () => {
  const input = await aCycleInput({ statements: [], now: NOW });
  const definition = {
    relation: relationId({ schema: 'gold', name: 'sales' }),
    origin: 'candidate' as const,
    sql: 'select 1 as one',
    columns: [{ name: 'one', type: 'INTEGER' }],
    sources: [],
    obligations: [],
    maxStalenessMs: 1,
  };
  const current = aVersion(definition, { bytes: 300 });
  const left = (hidden: readonly number[]) => {
    const mart = aMart(definition, {
      current,
      hidden: hidden.map((bytes, at) => ({
        version: aVersion(definition, { version: 100 + at, bytes }),
        hiddenAt: NOW,
      })),
    });
    const caps = { ...input.caps, maxStorageBytes: 1000 };
    return roomLeft({ ...input, caps, marts: [mart] }, 0).budget.bytes;
  };

  expect([left([]), left([250]), left([250, 250])]).toEqual([400, 400, 200]);
});
