import { expect, it } from 'vitest';
import { recordCycle, reviveCycle } from '../../src/decide/recording.ts';
import { aCycleInput } from '../builders/a-world.ts';

it('knows the one shape of its own a warehouse had in recordings of older versions', async () => {
  const input = await aCycleInput({ statements: [], now: Date.UTC(2026, 2, 20) });
  const shape = { kind: 'dynamic table', refresh: 'incremental' } as const;
  const capabilities = { ...input.capabilities, nativeShape: shape };

  expect(reviveCycle(recordCycle({ ...input, capabilities })).capabilities).toEqual({
    ...input.capabilities,
    nativeShapes: [shape],
  });
  expect(reviveCycle(recordCycle(input)).capabilities).toEqual(input.capabilities);
});
