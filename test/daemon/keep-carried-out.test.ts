import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, handTurnedClock } from '../../src/base/clock.ts';
import { relationId } from '../../src/base/relation.ts';
import { nanoUsd } from '../../src/base/usd.ts';
import { keepCarriedOut } from '../../src/daemon/keep-savings.ts';
import { type Memory, openMemory } from '../../src/daemon/memory.ts';
import { makePlanValue, type PlanStep } from '../../src/plan/plan.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';

const mart = relationId({ schema: 'gold', name: 'sales' });
const table = relationId({ schema: 'gold_data', name: 'sales__v1' });
const clock = handTurnedClock(0);

let store: Store;
let memory: Memory;
beforeEach(() => {
  store = openStore(':memory:');
  memory = openMemory(store.documents);
});
afterEach(() => store.close());

function carryOut(step: PlanStep): void {
  const plan = makePlanValue({
    madeAt: clock.now(),
    expiresAt: clock.now() + DAY_MS,
    steps: [step],
  });
  const done = {
    action: step.action,
    outcome: 'done',
    code: '',
    detail: '',
    evidence: {},
  } as const;
  keepCarriedOut(
    { memory, clock },
    {
      plan,
      outcome: { planDigest: plan.digest, kind: 'applied', because: '', steps: [done], work: [] },
      predictedMs: () => 40,
    },
  );
}

function becomeTable(relation = mart): void {
  carryOut({
    action: {
      kind: 'repoint-view',
      mart: relation,
      to: { kind: 'version', version: 1, table, freshUntil: DAY_MS },
    },
    because: 'it pays',
    evidence: {},
    predicted: { netPerDay: nanoUsd(7n), cost: nanoUsd(3n) },
  });
}

const wide = relationId({ schema: 'gold', name: 'wide' });

function becomeOne(): void {
  carryOut({
    action: { kind: 'repoint-view', mart, to: { kind: 'logical' } },
    because: 'gold.wide answers all of it',
    evidence: { mergedInto: wide },
    predicted: { netPerDay: nanoUsd(2n), cost: nanoUsd(0n) },
  });
}

describe('a mart that was carried out', () => {
  it('is remembered with what was predicted', () => {
    becomeTable();

    expect(memory.carriedOut.list()).toMatchObject([
      { relation: mart, rolledBack: false, predictedNetPerDay: 7n, predictedMsPerDay: 40 },
    ]);
  });

  it.for([
    ['did not earn', {}, true],
    ['was only out of date', { outOfDate: 1 }, false],
    ['is answered by another', { mergedInto: wide }, false],
  ] as const)(
    'and went back to its view because it %s is rolled back: %s',
    ([, evidence, rolledBack]) => {
      becomeTable();
      clock.turnTo(DAY_MS);

      carryOut({
        action: { kind: 'repoint-view', mart, to: { kind: 'logical' } },
        because: 'as said',
        evidence,
      });

      expect(memory.carriedOut.list()).toMatchObject([{ until: DAY_MS, rolledBack }]);
    },
  );

  it('and is merged into another leaves what it promised, and what that frees, to it', () => {
    becomeTable();
    becomeTable(wide);
    clock.turnTo(clock.now() + DAY_MS);

    becomeOne();

    const [survivor] = memory.carriedOut.list().filter(({ until }) => until === undefined);
    expect(survivor).toMatchObject({
      relation: wide,
      predictedNetPerDay: 7n,
      promisedMore: [{ from: clock.now(), netPerDay: 9n, msPerDay: 40 }],
    });
  });

  it('and is merged into one that stands no more ends as any other', () => {
    becomeTable();

    becomeOne();

    expect(memory.carriedOut.list()).toMatchObject([{ relation: mart, rolledBack: false }]);
  });
});
