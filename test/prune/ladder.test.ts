import { describe, expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import { noMoney, usd } from '../../src/base/usd.ts';
import type { PrunedAttribute } from '../../src/marts/mart.ts';
import { climb } from '../../src/prune/ladder.ts';
import { VETOES } from '../../src/prune/vetoes.ts';
import { aGoldRelation, aLadder, anAttribute, TODAY } from './a-gold-relation.ts';

const DAY = 86_400_000;

function anUnread(names: readonly string[]) {
  return aGoldRelation({ attributes: names.map((name) => anAttribute({ name })) });
}

function at(stage: PrunedAttribute['stage'], days: number, name = 'a'): PrunedAttribute {
  return { name, stage, since: (TODAY - days) * DAY, because: 'nobody named it' };
}

describe('the pruning ladder', () => {
  it('announces what nobody named in a hundred days of many chances', () => {
    expect(climb(aLadder())).toEqual([
      {
        attribute: 'a',
        from: 'kept',
        to: 'announced',
        rule: 'announce',
        because: 'nobody named it in 100 days, on 71 of which gold.wide was read',
        evidence: { days: 100, readDays: 71 },
      },
    ]);
  });

  it.for([
    ['named-lately', aGoldRelation({ attributes: [anAttribute({ namedDays: [TODAY - 99] })] })],
    ['key-attributes', aGoldRelation({ attributes: [anAttribute({ name: 'id' })] })],
    ['join-attributes', aGoldRelation({ attributes: [anAttribute({ name: 'customer' })] })],
    ['protected-attributes', aGoldRelation({ attributes: [anAttribute({ name: 'legal_note' })] })],
    [
      'dependents-use',
      aGoldRelation({
        dependents: [{ relation: relationId({ name: 'report' }), attributes: new Set(['a']) }],
      }),
    ],
    [
      'dependents-use',
      aGoldRelation({ dependents: [{ relation: relationId({ name: 'odd' }), attributes: 'all' }] }),
    ],
    [
      'calendar-reads',
      aGoldRelation({
        attributes: [anAttribute({ namedDays: [TODAY - 292, TODAY - 201, TODAY - 110] })],
      }),
    ],
    ['star-readers', aGoldRelation({ attributes: [anAttribute({ starDays: [TODAY - 3] })] })],
    ['too-young', aGoldRelation({ knownSince: TODAY - 99 })],
    ['too-young', aGoldRelation({ watchedSince: TODAY - 30 })],
    ['few-chances', aGoldRelation({ readDays: [TODAY - 4, TODAY - 3] })],
  ] as const)('keeps what the veto %s keeps', ([veto, of]) => {
    const [standing] = climb(aLadder({ of, settings: { protected: ['gold.wide.legal_*'] } }));

    expect(standing).toMatchObject({ from: 'kept', to: 'kept', rule: veto });
    expect(standing?.because).toMatch(/\S/);
    expect(VETOES.map(({ id }) => id)).toContain(veto);
  });

  it('keeps everything below the coverage floor, and says what is missing', () => {
    expect(climb(aLadder({ coverage: 0.8 }))).toMatchObject([
      {
        rule: 'coverage-floor',
        because:
          '80 % of the statements are resolved to columns, and 90 % are needed before anything is hidden',
      },
    ]);
  });

  it('keeps what is likelier to be missed than it saves', () => {
    expect(climb(aLadder({ savingPerDay: () => noMoney }))).toMatchObject([
      { rule: 'revival-risk', to: 'kept' },
    ]);
    expect(climb(aLadder({ savingPerDay: () => usd(1) }))).toMatchObject([{ rule: 'announce' }]);
  });

  it('announces nothing that measuring would cost more than it saves in a year, until there are more of them', () => {
    const cents = { savingPerDay: () => usd(0.0001) };

    expect(climb(aLadder({ ...cents, of: anUnread(['a', 'b', 'c']) }))[0]).toEqual({
      attribute: 'a',
      from: 'kept',
      to: 'kept',
      rule: 'worth-measuring',
      because:
        'nobody named it in 100 days, on 71 of which gold.wide was read; in 365 days all 3 of them would save $0.11, and the 12 builds that measure it cost $0.12',
      evidence: { days: 100, readDays: 71, attributes: 3, saving: '$0.11', measuring: '$0.12' },
    });
    expect(climb(aLadder({ ...cents, of: anUnread(['a', 'b', 'c', 'd']) }))).toMatchObject(
      Array.from({ length: 4 }, () => ({ rule: 'announce' })),
    );
  });

  it('does not take a test for a reader', () => {
    const of = aGoldRelation({ attributes: [anAttribute({ testDays: [TODAY - 1] })] });

    expect(climb(aLadder({ of }))).toMatchObject([{ to: 'announced' }]);
  });

  it('hides what stood announced for two weeks, and waits before', () => {
    expect(climb(aLadder({ pruned: [at('announced', 13)] }))).toMatchObject([
      { from: 'announced', to: 'announced', because: 'nobody named it; hidden in 1d' },
    ]);
    expect(climb(aLadder({ pruned: [at('announced', 14)] }))).toMatchObject([
      { from: 'announced', to: 'hidden', rule: 'hide' },
    ]);
  });

  it('brings back what somebody read after it was hidden, by name or by star', () => {
    for (const use of [{ namedDays: [TODAY] }, { starDays: [TODAY] }]) {
      const of = aGoldRelation({ attributes: [anAttribute(use)] });

      expect(climb(aLadder({ of, pruned: [at('hidden', 40)] }))).toMatchObject([
        { from: 'hidden', to: 'kept', rule: 'in-use' },
      ]);
    }
  });

  it('brings back what is protected now', () => {
    const ladder = aLadder({ pruned: [at('hidden', 40)], settings: { protected: ['wide.a'] } });

    expect(climb(ladder)).toMatchObject([{ from: 'hidden', to: 'kept' }]);
  });

  it('brings back what a person asked for', () => {
    const ladder = aLadder({ pruned: [at('tombstoned', 40)], keptByPerson: new Set(['a']) });

    expect(climb(ladder)).toMatchObject([
      { from: 'tombstoned', to: 'kept', rule: 'kept-by-person' },
    ]);
  });

  it('leaves hidden attributes answerable unless tombstones are allowed', () => {
    const pruned = [at('hidden', 91)];

    expect(climb(aLadder({ pruned }))).toMatchObject([{ to: 'hidden', rule: 'wait' }]);
    expect(climb(aLadder({ pruned, settings: { tombstones: true } }))).toMatchObject([
      { from: 'hidden', to: 'tombstoned', rule: 'tombstone' },
    ]);
    expect(
      climb(aLadder({ pruned: [at('tombstoned', 400)], settings: { tombstones: true } })),
    ).toMatchObject([{ to: 'tombstoned', rule: 'wait' }]);
  });

  it('announces in growing releases, one at a time', () => {
    const names = Array.from({ length: 12 }, (_, n) => `a${n}`);
    const settings = { mostPerStep: 2 };
    const first = climb(aLadder({ of: anUnread(names), settings }));

    expect(first.filter(({ to }) => to === 'announced')).toHaveLength(2);
    expect(first[2]?.because).toContain('2 at a time are announced');
    const during = climb(
      aLadder({ of: anUnread(names), settings, pruned: [at('announced', 1, 'a0')] }),
    );

    expect(during.filter(({ rule }) => rule === 'announce')).toHaveLength(0);
    const second = climb(
      aLadder({ of: anUnread(names), settings, pruned: [at('hidden', 1, 'a0')] }),
    );

    expect(second.filter(({ rule }) => rule === 'announce')).toHaveLength(8);
  });
});
