import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/base/clock.ts';
import type { RelationId } from '../../src/base/relation.ts';
import { usd } from '../../src/base/usd.ts';
import type { Intent } from '../../src/decide/intent.ts';
import { ACTION_KINDS } from '../../src/plan/action.ts';
import { sentence } from '../../src/plan/explain.ts';
import { whyStale } from '../../src/plan/is-stale.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { riskOf } from '../../src/plan/risk.ts';
import { aCandidate } from '../builders/a-decision-input.ts';
import { aMart, aVersion } from '../builders/a-mart.ts';

const NOW = Date.parse('2026-03-20T02:00:00Z');
const TIMES = { madeAt: NOW, expiresAt: NOW + DAY_MS };
const { definition } = aCandidate();

const id = (name: string) => name as RelationId;
const said = { because: 'a test', evidence: {} };

function build(name: string, net: number, reason: 'promote' | 'refresh' = 'promote'): Intent {
  return {
    kind: 'build',
    relation: id(name),
    version: 2,
    table: id(`${name}__v2`),
    reason,
    replay: [],
    minimumGain: 0.5,
    budget: { cpuMs: 1, bytes: 1 },
    freshUntil: NOW + DAY_MS,
    predicted: { netPerDay: usd(net), cost: usd(1) },
    ...said,
  };
}

const INTENTS: readonly Intent[] = [
  { kind: 'release', relation: id('g.released'), ...said },
  { kind: 'drop', relation: id('g.dropped'), version: 1, table: id('g.dropped__v1'), ...said },
  build('g.small', 1),
  {
    kind: 'publish',
    relation: id('g.large'),
    definition: { ...definition, relation: id('g.large') },
    ...said,
  },
  build('g.large', 9),
  { kind: 'withdraw', relation: id('g.costly'), isUrgent: false, ...said },
  build('g.old', 2, 'refresh'),
  {
    kind: 'renew',
    relation: id('g.fresh'),
    version: 1,
    table: id('g.fresh__v1'),
    freshUntil: NOW + DAY_MS,
    ...said,
  },
  { kind: 'withdraw', relation: id('g.stale'), isUrgent: true, ...said },
];

describe('a plan', () => {
  it('protects readers first, makes room, builds what nets most first, and gives up last', () => {
    const { steps } = makePlan(INTENTS, TIMES);

    expect(steps.map(({ action }) => `${action.kind} ${action.mart}`)).toEqual([
      'repoint-view g.stale',
      'repoint-view g.fresh',
      'drop-version g.dropped',
      'build-version g.old',
      'repoint-view g.old',
      'repoint-view g.costly',
      'create-mart g.large',
      'build-version g.large',
      'repoint-view g.large',
      'build-version g.small',
      'repoint-view g.small',
      'release-mart g.released',
    ]);
  });

  it('is the same in whatever order things were decided', () => {
    expect(makePlan(INTENTS.toReversed(), TIMES).digest).toBe(makePlan(INTENTS, TIMES).digest);
  });

  it('tells each verb in a sentence, with its risk and how to undo it', () => {
    const { steps } = makePlan(
      [
        ...INTENTS,
        { kind: 'publish', relation: id('g.taken'), definition, originalSql: 'select 1', ...said },
        {
          kind: 'adopt',
          relation: id('g.table'),
          definition,
          version: 1,
          table: id('d.table__v1'),
          freshUntil: 1,
          ...said,
        },
        {
          kind: 'mark',
          relation: id('g.wide'),
          changes: [{ name: 'a', from: 'kept', to: 'announced', because: 'nobody named it' }],
          ...said,
        },
        {
          kind: 'fill',
          relation: id('g.long'),
          version: 1,
          table: id('d.long__v1'),
          by: { column: 'day', type: 'DATE', source: id('s.events'), onSource: 'day' },
          rowsPerStep: 1000,
          budget: { cpuMs: 1, bytes: 1 },
          clusteredBy: ['shop', 'day'],
          partedBy: 'day',
          ...said,
        },
        { kind: 'hold', relation: id('g.held'), version: 1, table: id('d.held__v1'), ...said },
        {
          kind: 'refresh',
          relation: id('g.kept'),
          version: 1,
          table: id('d.kept__v1'),
          proveWhole: true,
          budget: { cpuMs: 1 },
          freshUntil: 1,
          ...said,
        },
        {
          kind: 'follow',
          relation: id('g.followed'),
          from: 'abc',
          definition: { ...definition, relation: id('g.followed') },
          change: 's.orders.region is now called area',
          proof: 'same-answers',
          ...said,
        },
      ],
      TIMES,
    );
    const verbs = new Set(steps.map(({ action }) => action.kind));

    expect(verbs).toEqual(new Set(ACTION_KINDS));
    const filling = steps.find(({ action }) => action.kind === 'fill-version');
    expect(filling?.action).toMatchObject({ clusteredBy: ['shop', 'day'], partedBy: 'day' });
    for (const { action } of steps) {
      expect(sentence(action)).toContain(action.mart);
      expect(riskOf(action).undo.length).toBeGreaterThan(10);
    }
  });
});

describe('a stale plan', () => {
  const mart = aMart({ ...definition, relation: id('g.m') });
  const planOf = (...intents: readonly Intent[]) => makePlan(intents, TIMES);

  it('is one whose time has passed, to the millisecond', () => {
    const plan = planOf(build('g.m', 1));

    expect(whyStale(plan, { now: NOW + DAY_MS - 1, marts: [mart] })).toBeUndefined();
    expect(whyStale(plan, { now: NOW + DAY_MS, marts: [mart] })).toContain(
      'it expired at 2026-03-21T02:00',
    );
  });

  it.each([
    {
      title: 'builds a version that exists',
      intent: build('g.m', 1),
      marts: [{ ...mart, current: aVersion(definition, { version: 2 }) }],
      because: 'version 2 of g.m was built since',
    },
    {
      title: 'is about a mart that is gone',
      intent: build('g.m', 1),
      marts: [],
      because: 'g.m is no longer in the ledger',
    },
    {
      title: 'is about a mart that was stopped',
      intent: build('g.m', 1),
      marts: [{ ...mart, stage: 'quarantined' as const }],
      because: 'g.m was quarantined since',
    },
    {
      title: 'publishes what is published',
      intent: { kind: 'publish', relation: id('g.m'), definition, ...said } satisfies Intent,
      marts: [mart],
      because: 'g.m is published already',
    },
    {
      title: 'drops what is read again',
      intent: {
        kind: 'drop',
        relation: id('g.m'),
        version: 1,
        table: id('t'),
        ...said,
      } satisfies Intent,
      marts: [mart],
      because: 'version 1 of g.m is read again',
    },
    {
      title: 'gives up what is physical again',
      intent: { kind: 'release', relation: id('g.m'), ...said } satisfies Intent,
      marts: [mart],
      because: 'g.m is physical again',
    },
  ])('$title', ({ intent, marts, because }) => {
    expect(whyStale(planOf(intent), { now: NOW, marts })).toBe(because);
  });
});
