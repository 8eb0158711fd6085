import { describe, expect, it } from 'vitest';
import type { RelationId } from '../../src/base/relation.ts';
import { attributeReads } from '../../src/savings/attribute-reads.ts';
import type { Template, UsageFact } from '../../src/usage/template.ts';

const mart = 'gold.sales' as RelationId;

function aTemplate(fingerprint: string): Template {
  return {
    fingerprint,
    normalForm: 'select ? from gold.sales',
    shape: {
      level: 'full',
      reader: 'sqlparser-rs',
      statement: 'query',
      relations: [{ relation: mart, via: 'named', known: true }],
      columns: [],
      joins: [],
      lineage: [],
      notUnderstood: [],
    },
  };
}

function aFact(changes: Partial<UsageFact>): UsageFact {
  return {
    fingerprint: 'f',
    day: '2026-08-10',
    reader: { kind: 'dashboard', name: 'sales', tool: 'metabase' },
    client: 'metabase',
    role: '',
    servedBy: { kind: 'base' },
    runs: 3,
    costedRuns: 3,
    cpuMs: 30,
    cpuMsSquared: 300,
    durationMs: 15,
    rowsScanned: 0,
    bytesScanned: 0,
    failedRuns: 0,
    cachedRuns: 0,
    lastEndedAt: Date.parse('2026-08-10T12:00:00Z'),
    sampleIds: [],
    ...changes,
  };
}

const physicalSince = Date.parse('2026-08-07T03:00:00Z');
const until = Date.parse('2026-08-14T03:00:00Z');
const days = (facts: readonly UsageFact[]) =>
  attributeReads({ mart, physicalSince, until, templates: [aTemplate('f')], facts }).reduce(
    (sum, { served }) => sum + served.allRuns,
    0,
  );

describe('reads by the stable name', () => {
  it.for([
    ['2026-08-06', 0],
    ['2026-08-07', 0],
    ['2026-08-08', 3],
    ['2026-08-13', 3],
    ['2026-08-14', 0],
    ['2026-08-15', 0],
  ] as const)('on %s count %i: only whole days between both flips', ([day, runs]) => {
    expect(days([aFact({ day })])).toBe(runs);
  });

  it('on a day on which the view had expired save nothing', () => {
    const reads = attributeReads({
      mart,
      physicalSince,
      until,
      lapsedDays: ['2026-08-10'],
      templates: [aTemplate('f')],
      facts: [aFact({ day: '2026-08-10' }), aFact({ day: '2026-08-11' })],
    });

    expect(reads.map(({ served }) => served.allRuns)).toEqual([3]);
  });

  it('of Goldsmith itself are no reads', () => {
    expect(days([aFact({ reader: { kind: 'goldsmith', name: 'goldsmith', tool: '' } })])).toBe(0);
  });
});

describe('reads by route', () => {
  it('count on the days of the flips too, since each run says who served it', () => {
    const servedBy = { kind: 'route', mart } as const;

    expect(
      days([aFact({ day: '2026-08-07', servedBy }), aFact({ day: '2026-08-14', servedBy })]),
    ).toBe(6);
    expect(days([aFact({ day: '2026-08-15', servedBy })])).toBe(0);
  });

  it('kept on base are the counterfactual, not a saving', () => {
    const [reads] = attributeReads({
      mart,
      physicalSince,
      templates: [],
      facts: [aFact({ servedBy: { kind: 'hold-out', mart }, fingerprint: 'g' })],
    });

    expect(reads).toMatchObject({
      road: 'route',
      served: { allRuns: 0 },
      heldOut: { runs: 3, cpuMs: 10 },
    });
  });
});

describe('reads the warehouse rewrote by itself', () => {
  it('count from the day of the flip to that of the end, apart from those by name', () => {
    const servedBy = { kind: 'rewritten', mart } as const;
    const facts = ['2026-08-06', '2026-08-07', '2026-08-14', '2026-08-15'].map((day) =>
      aFact({ fingerprint: 'on-base', day, servedBy }),
    );

    expect(attributeReads({ mart, physicalSince, until, templates: [], facts })).toMatchObject([
      { fingerprint: 'on-base', road: 'rewritten', served: { allRuns: 6 }, heldOut: { runs: 0 } },
    ]);
  });
});
