import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CycleInput } from '../../src/decide/cycle-input.ts';
import { recordCycle, reviveCycle } from '../../src/decide/recording.ts';
import { decideCycle } from '../../src/plan/decide-cycle.ts';
import { SmallWorld, stepsOf } from './small-world.ts';

const SETTINGS = { savings: { holdOutShare: 0.1 } };

/** A few days of both roads; what was planned and done each night. */
async function liveRun(): Promise<{
  readonly done: readonly (readonly string[])[];
  readonly digests: readonly string[];
  readonly recordings: readonly string[];
}> {
  const world = await SmallWorld.open({ settings: SETTINGS, baseCpuMs: 30_000 });
  try {
    await world.start();
    const done: (readonly string[])[] = [];
    const digests: string[] = [];
    const recordings: string[] = [];
    for (const day of [0, 1, 2, 3]) {
      const cycle = await world.cycle(day);
      done.push(stepsOf(cycle));
      digests.push(cycle.decision.plan.digest);
      recordings.push(world.goldsmith.recording() ?? '');
      world.dashboards(day);
      await world.questions(day);
    }
    return { done, digests, recordings };
  } finally {
    await world.close();
  }
}

describe('a recorded run', () => {
  let run: Awaited<ReturnType<typeof liveRun>>;

  beforeAll(async () => {
    run = await liveRun();
  });

  it('gives the same plan digests when it is decided again', () => {
    expect(run.done.flat().length).toBeGreaterThan(3);
    const again = run.recordings.map((text) => decideCycle(reviveCycle(text)).plan.digest);

    expect(again).toEqual(run.digests);
  });

  it('is the same text when it is recorded again', () => {
    for (const text of run.recordings) {
      expect(recordCycle(reviveCycle(text))).toBe(text);
    }
  });

  it.for([1, 7, 42])('gives the same digests with its input in another order (%i)', (seed) => {
    const again = run.recordings.map(
      (text) => decideCycle(shuffled(reviveCycle(text), seed)).plan.digest,
    );

    expect(again).toEqual(run.digests);
  });

  describe('and a second live run', () => {
    let second: Awaited<ReturnType<typeof liveRun>>;
    beforeAll(async () => {
      second = await liveRun();
    });
    afterAll(() => undefined);

    it('agree on verbs and objects', () => {
      expect(second.done).toEqual(run.done);
    });
  });
});

/** The same facts, lists in another order: none of them means anything by its order. */
function shuffled(input: CycleInput, seed: number): CycleInput {
  let state = seed;
  const mix = <Item>(items: readonly Item[]): readonly Item[] => {
    const keyed = items.map((item) => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return { item, key: state };
    });
    return keyed.toSorted((a, b) => a.key - b.key).map(({ item }) => item);
  };
  return {
    ...input,
    usage: { ...input.usage, templates: mix(input.usage.templates), facts: mix(input.usage.facts) },
    schema: { relations: mix(input.schema.relations) },
    catalog: mix(input.catalog),
    marts: mix(input.marts),
    sourceStates: mix(input.sourceStates),
    factsChecked: mix(input.factsChecked),
    columnNdvs: mix(input.columnNdvs),
    groupNdvs: mix(input.groupNdvs ?? []),
    described: mix(input.described),
    accumulators: mix(input.accumulators),
    receipts: mix(input.receipts),
    workDone: mix(input.workDone),
    adoptable: mix(input.adoptable),
    declined: mix(input.declined),
  };
}
