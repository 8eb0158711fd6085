import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../src/base/clock.ts';
import { relationId } from '../../../src/base/relation.ts';
import { usd } from '../../../src/base/usd.ts';
import { bodyOf } from '../../../src/propose/body/body-of.ts';
import { demandOf } from '../../../src/propose/body/demand-of.ts';
import { titleOf } from '../../../src/propose/body/title-of.ts';
import type { UsageFact, UsageSnapshot } from '../../../src/usage/template.ts';
import {
  aDefinition,
  aStep,
  building,
  DAILY,
  demoting,
  MONDAY,
  publishing,
} from '../a-proposal.ts';

function aFact(over: Partial<UsageFact>): UsageFact {
  return {
    fingerprint: 'f1',
    day: '2026-07-24',
    reader: { kind: 'dashboard', name: 'emea', tool: 'metabase' },
    client: 'metabase',
    role: '',
    servedBy: { kind: 'base' },
    runs: 10,
    costedRuns: 10,
    cpuMs: 1000,
    cpuMsSquared: 0,
    durationMs: 0,
    rowsScanned: 0,
    bytesScanned: 0,
    failedRuns: 0,
    cachedRuns: 0,
    lastEndedAt: MONDAY,
    sampleIds: [],
    ...over,
  };
}

function aUsage(facts: readonly UsageFact[]): UsageSnapshot {
  const fingerprints = [...new Set(facts.map(({ fingerprint }) => fingerprint))];
  return {
    from: MONDAY - 10 * DAY_MS,
    until: MONDAY,
    templates: fingerprints.map((fingerprint) => ({
      fingerprint,
      normalForm: `select ${fingerprint} from gold.daily_sales where region = ?`,
      shape: {
        level: 'full',
        reader: 'none' as never,
        statement: 'query',
        relations: [{ relation: DAILY, via: 'named', known: true }],
        columns: [],
        joins: [],
        lineage: [],
        notUnderstood: [],
      },
    })),
    facts,
    coverage: {} as never,
    routeClients: [],
  };
}

const priceCpu = (cpuMs: number) => usd(cpuMs / 1000);

describe('the demand a proposal shows', () => {
  it('is told a day, the dearest kind of statement and the busiest reader first', () => {
    const usage = aUsage([
      aFact({}),
      aFact({ fingerprint: 'f2', cpuMs: 5000, runs: 3 }),
      aFact({ reader: { kind: 'person', name: 'ana', tool: '' }, runs: 90 }),
    ]);

    expect(demandOf({ relation: DAILY, steps: [], usage, priceCpu })).toEqual({
      evidence: [
        'select f2 from gold.daily_sales where region = ?: 0.3 runs a day, $0.50 a day, 1 reader',
        'select f1 from gold.daily_sales where region = ?: 10 runs a day, $0.20 a day, 2 readers',
      ],
      readers: [
        'ana (person): 9 runs a day, last 2026-08-03',
        'emea (dashboard, metabase): 1.3 runs a day, last 2026-08-03',
      ],
      runsPerDay: 10.3,
    });
  });

  it('is told by the days a young history covers, as the decision counts them', () => {
    const usage = aUsage([
      aFact({ day: '2026-08-01', runs: 40 }),
      aFact({ day: '2026-08-02', runs: 40 }),
    ]);

    expect(demandOf({ relation: DAILY, steps: [], usage, priceCpu })).toMatchObject({
      evidence: [
        'select f1 from gold.daily_sales where region = ?: 40 runs a day, $1.00 a day, 1 reader',
      ],
      runsPerDay: 40,
    });
  });

  it('is that of statements no road leads from, where a view is published for them', () => {
    const usage = aUsage([aFact({})]);
    const another = relationId({ schema: 'gold', name: 'another' });
    const parts = { relation: another, steps: [], usage, priceCpu };

    expect(demandOf(parts).evidence).toEqual([]);
    expect(demandOf({ ...parts, unreachable: ['f1'] })).toMatchObject({
      evidence: [expect.stringContaining('1 runs a day')],
      readers: [expect.stringContaining('emea')],
    });
  });

  it('shows ten of many and counts the rest', () => {
    const usage = aUsage(Array.from({ length: 14 }, (_, n) => aFact({ fingerprint: `f${n}` })));

    const { evidence } = demandOf({ relation: DAILY, steps: [], usage, priceCpu });

    expect(evidence).toHaveLength(11);
    expect(evidence.at(-1)).toBe('and 4 more kinds of statement');
  });
});

describe('what people read of a proposal', () => {
  const wide = relationId({ schema: 'gold', name: 'wide' });
  const marking = (names: readonly string[], to: 'hidden' | 'tombstoned') =>
    aStep({
      kind: 'mark-attributes',
      mart: wide,
      changes: names.map((name) => ({ name, from: 'announced', to, because: 'unread' })),
    });

  it.each([
    [[publishing()], 'Publish gold.daily_sales as a view'],
    [[publishing(), ...building()], 'Build gold.daily_sales'],
    [
      [
        aStep({ kind: 'adopt-view', mart: DAILY, definition: aDefinition(), originalSql: '' }),
        ...building(),
      ],
      'Take over and build gold.daily_sales',
    ],
    [[demoting()], 'Demote gold.daily_sales to a view'],
    [[aStep({ kind: 'release-mart', mart: DAILY })], 'Give gold.daily_sales up'],
    [[marking(['a', 'b', 'c', 'd', 'e'], 'hidden')], 'Hide a, b, c and 2 more of gold.daily_sales'],
    [[marking(['a'], 'tombstoned')], 'Take away a of gold.daily_sales'],
  ])('has a title that says it in a line', (steps, title) => {
    expect(titleOf(steps, DAILY)).toBe(title);
  });

  it('adds the money up with its interval, and tells the gravest risk first', () => {
    const [build, point] = building();
    const steps = [
      publishing(),
      aStep(build?.action ?? publishing().action, {
        because: 'it pays',
        predicted: { netPerDay: usd(3), cost: usd(1), between: [usd(2), usd(5)] },
      }),
      ...(point === undefined ? [] : [point]),
    ];

    const body = bodyOf({
      kind: 'build',
      relation: DAILY,
      steps,
      verdict: undefined,
      demand: { evidence: [], readers: [], runsPerDay: 1 },
      sql: [],
    });

    expect(body.money).toEqual({
      netPerDay: usd(3),
      once: usd(1),
      interval: [usd(2), usd(5)],
      arithmetic: [],
    });
    expect(body.because).toBe('because of create-mart; it pays');
    expect(body.risks[0]).toMatch(/^low: readers are answered from a table/);
  });
});
