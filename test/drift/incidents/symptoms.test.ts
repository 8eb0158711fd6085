import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../src/base/clock.ts';
import { relationId } from '../../../src/base/relation.ts';
import type { Incident } from '../../../src/drift/incidents/incident.ts';
import { nextIncidents } from '../../../src/drift/incidents/next-incidents.ts';
import { type Look, symptomsOf } from '../../../src/drift/incidents/symptoms.ts';
import { driftSettings } from '../../../src/drift/settings.ts';
import { noFacts } from '../../../src/marts/facts.ts';
import type { Mart } from '../../../src/marts/mart.ts';

const ORDERS = relationId({ schema: 'silver', name: 'orders' });
const MART = relationId({ schema: 'gold', name: 'daily' });
const NOW = 100 * DAY_MS;

function aMart(rows: number): Mart {
  return {
    definition: {
      relation: MART,
      origin: 'candidate',
      sql: 'select 1',
      columns: [],
      sources: [ORDERS],
      obligations: [],
      maxStalenessMs: DAY_MS,
    },
    definitionDigest: 'd',
    stage: 'physical',
    createdAt: 0,
    hidden: [],
    current: {
      version: 1,
      table: relationId({ schema: 'gold_data', name: 'daily__v1' }),
      builtAt: 0,
      sourceStates: [{ relation: ORDERS, rows, checksum: '1' }],
      verifiedFreshAt: NOW - DAY_MS,
      rows: 10,
      bytes: 1,
      facts: noFacts,
    },
  };
}

function look(changes: Partial<Look> & { readonly rows?: number }): Look {
  const { rows = 1000, ...rest } = changes;
  return {
    marts: [aMart(1000)],
    states: [{ relation: ORDERS, rows, checksum: '2' }],
    brokenDefinitions: [],
    brokenFacts: [],
    changesOf: () => [],
    accepted: () => undefined,
    open: [],
    now: NOW,
    settings: driftSettings.parse({}),
    ...rest,
  };
}

function anIncident(changes: Partial<Incident> = {}): Incident {
  return {
    relation: MART,
    kind: 'rows-fell',
    subject: ORDERS,
    source: ORDERS,
    because: 'x',
    expectedRows: 1000,
    mayBeMeant: true,
    beganAt: NOW - DAY_MS,
    diagnosis: [],
    ...changes,
  };
}

describe('what is wrong with a mart', () => {
  it.for([
    [1000, []],
    [500, []],
    [499, ['rows-fell: silver.orders has 499 rows and had 1000: 50 % are gone, more than 50 %']],
    [0, ['source-emptied: silver.orders has no rows and had 1000']],
    [5000, []],
  ] as const)('of a source that had 1000 rows and has %i: %s', ([rows, expected]) => {
    const symptoms = symptomsOf(look({ rows }));
    expect(symptoms.map(({ kind, because }) => `${kind}: ${because}`)).toEqual(expected);
  });

  it('a handful of rows comes and goes', () => {
    expect(symptomsOf(look({ marts: [aMart(99)], rows: 3 }))).toEqual([]);
    expect(symptomsOf(look({ marts: [aMart(99)], rows: 0 }))).toHaveLength(1);
  });

  it('goes on expecting what was there before the incident, though the mart was built anew', () => {
    const symptoms = symptomsOf(look({ marts: [aMart(300)], rows: 300, open: [anIncident()] }));
    expect(symptoms).toMatchObject([{ kind: 'rows-fell', expectedRows: 1000 }]);
  });

  it('expects no more than was accepted', () => {
    expect(symptomsOf(look({ rows: 300, accepted: () => 300 }))).toEqual([]);
  });

  it.for([
    [3, 1, []],
    [6, 2.9, []],
    [
      6,
      3.5,
      ['silver.orders has not changed for 3.5d; between its last 6 changes there were at most 1d'],
    ],
  ] as const)(
    'a source with %i daily changes, the last %f days ago: %s',
    ([changes, daysAgo, expected]) => {
      const last = NOW - daysAgo * DAY_MS;
      const changesOf = () =>
        Array.from({ length: changes }, (_, at) => last - (changes - 1 - at) * DAY_MS);
      expect(symptomsOf(look({ changesOf })).map(({ because }) => because)).toEqual(expected);
    },
  );

  it('names the columns of a key that is no longer one', () => {
    const obligation = { kind: 'unique-key', relation: ORDERS, columns: ['id'] } as const;
    const brokenFacts = [{ relation: MART, obligation, because: '3 rows share a key' }];
    expect(symptomsOf(look({ brokenFacts }))).toMatchObject([
      { kind: 'key-broken', subject: 'silver.orders(id)', because: '3 rows share a key' },
    ]);
  });
});

describe('incidents from look to look', () => {
  const parts = { now: NOW, acceptAfterMs: 3 * DAY_MS };
  const [symptom] = symptomsOf(look({ rows: 300 }));
  if (symptom === undefined) {
    throw new Error('300 of 1000 rows are a symptom');
  }

  it('begin once, last, and end once', () => {
    const first = nextIncidents([], [symptom], parts);
    const second = nextIncidents([anIncident()], [symptom], parts);
    const third = nextIncidents([anIncident()], [], parts);

    expect(first).toMatchObject({ began: [symptom], lasting: [], ended: [] });
    expect(second).toMatchObject({ began: [], lasting: [{ because: symptom.because }], ended: [] });
    expect(third).toMatchObject({
      began: [],
      lasting: [],
      ended: [{ endedAt: NOW, ending: 'all is well again' }],
    });
  });

  it('end where rows that fell stay so for three days, and not for an empty source', () => {
    const old = { beganAt: NOW - 3 * DAY_MS };
    const fell = nextIncidents([anIncident(old)], [symptom], parts);
    const emptied = nextIncidents(
      [anIncident({ ...old, kind: 'source-emptied' })].map(({ mayBeMeant: _no, ...one }) => one),
      [{ ...symptom, kind: 'source-emptied' }],
      parts,
    );

    expect(fell.ended).toMatchObject([{ ending: expect.stringContaining('so for 3d') }]);
    expect(emptied.lasting).toHaveLength(1);
  });
});
