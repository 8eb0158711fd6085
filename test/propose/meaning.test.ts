import { describe, expect, it } from 'vitest';
import { digestOf } from '../../src/base/digest.ts';
import type { Mart } from '../../src/marts/mart.ts';
import { isDone } from '../../src/propose/is-done.ts';
import { isCoveredBy, meaningOf, partsOf } from '../../src/propose/meaning.ts';
import { aDefinition, aStep, building, DAILY, demoting, MONDAY, publishing } from './a-proposal.ts';

const DIGEST = digestOf(aDefinition());

function meaning(steps: Parameters<typeof partsOf>[0]) {
  const parts = partsOf(steps, () => DIGEST);
  return { parts, meaning: meaningOf({ kind: 'build', relation: DAILY, parts }) };
}

function aMart(over: Partial<Mart> = {}): Mart {
  return {
    definition: aDefinition(),
    definitionDigest: DIGEST,
    stage: 'logical',
    createdAt: MONDAY,
    hidden: [],
    ...over,
  };
}

const hiding = aStep({
  kind: 'mark-attributes',
  mart: DAILY,
  changes: [
    { name: 'brand', from: 'announced', to: 'hidden', because: 'unread' },
    { name: 'region', from: 'kept', to: 'announced', because: 'unread' },
  ],
});

describe('what a yes says yes to', () => {
  it('is what is published and stored, not its version, budget or time', () => {
    const [build, point] = building();
    const other = build && {
      ...build,
      action: {
        ...build.action,
        version: 7,
        budget: { cpuMs: 1, bytes: 1 },
      } as typeof build.action,
    };

    expect(meaning([publishing(), ...building()]).parts).toEqual([
      `publish ${DIGEST}`,
      `store ${DIGEST}`,
    ]);
    expect(meaning([publishing(), ...[other, point].flatMap((one) => one ?? [])]).meaning).toBe(
      meaning([publishing(), ...building()]).meaning,
    );
  });

  it('is another for another definition', () => {
    const longer = aDefinition({ sql: 'select 1' });

    expect(meaning([publishing(longer)]).meaning).not.toBe(meaning([publishing()]).meaning);
  });

  it('covers a part of it, and nothing besides', () => {
    const all = meaning([publishing(), ...building()]);
    const rest = meaning([...building()]);

    expect(isCoveredBy(rest, all)).toBe(true);
    expect(isCoveredBy(all, rest)).toBe(false);
    expect(isCoveredBy({ meaning: 'x', parts: [] }, all)).toBe(false);
    expect(isCoveredBy({ meaning: 'x' }, { meaning: 'x' })).toBe(true);
  });

  it('is not that readers lose a view whose rows they were told to keep, nor the other way round', () => {
    const over = meaning([aStep({ kind: 'release-mart', mart: DAILY })]);
    const left = meaning([aStep({ kind: 'release-mart', mart: DAILY, asItStands: true })]);

    expect(isCoveredBy(over, left)).toBe(false);
    expect(isCoveredBy(left, over)).toBe(false);
    expect(isDone({ relation: DAILY, ...left }, [aMart()])).toBe(false);
    expect(isDone({ relation: DAILY, ...left }, [])).toBe(true);
  });

  it('is of attributes only which go: what is announced beside is a note', () => {
    expect(meaning([hiding]).parts).toEqual(['hidden brand']);
  });
});

describe('whether it is so already', () => {
  it.each([
    ['nothing stands', [], [publishing()], false],
    ['the view stands', [aMart()], [publishing()], true],
    ['the view stands, not its table', [aMart()], [publishing(), ...building()], false],
    ['the table stands', [aMart({ stage: 'physical' })], [publishing(), ...building()], true],
    [
      'another definition stands',
      [aMart({ definition: aDefinition({ sql: 'select 2' }), definitionDigest: 'other' })],
      [publishing()],
      false,
    ],
    ['it is a table still', [aMart({ stage: 'physical' })], [demoting()], false],
    ['it is a view again', [aMart()], [demoting()], true],
    ['it is not given up', [aMart()], [aStep({ kind: 'release-mart', mart: DAILY })], false],
    ['it is given up', [], [aStep({ kind: 'release-mart', mart: DAILY })], true],
    ['the attribute is stored', [aMart()], [hiding], false],
    [
      'the attribute is hidden',
      [aMart({ pruned: [{ name: 'brand', stage: 'hidden', since: MONDAY, because: 'unread' }] })],
      [hiding],
      true,
    ],
  ] as const)('%s', (_name, marts, steps, expected) => {
    expect(isDone({ relation: DAILY, parts: meaning(steps).parts }, marts)).toBe(expected);
  });

  it('cannot be told of what has no parts', () => {
    expect(isDone({ relation: DAILY }, [])).toBe(false);
  });
});
