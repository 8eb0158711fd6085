import { describe, expect, it } from 'vitest';
import { noMoney, usd } from '../../src/base/usd.ts';
import type { Mart } from '../../src/marts/mart.ts';
import type { CapInput } from '../../src/materializer/cap.ts';
import { CAPS, refusedByCaps } from '../../src/materializer/caps.ts';
import type { JournalEntry } from '../../src/materializer/journal.ts';
import { capsSettings } from '../../src/materializer/settings.ts';
import { adopt } from './scenarios.ts';
import { aBuild, aDefinition, create, dropV1, START, toLogical, toVersion } from './workshop.ts';

function anInput(changes: Partial<Omit<CapInput, 'caps'>> & { caps?: object } = {}): CapInput {
  const { caps = {}, ...rest } = changes;
  return {
    action: aBuild(),
    now: START,
    killSwitch: false,
    marts: [],
    buildsToday: [],
    money: { spent: noMoney, expected: noMoney },
    adoptable: new Set(),
    ...rest,
    caps: capsSettings.parse(caps),
  };
}

function begun(count: number, action = aBuild()): readonly JournalEntry[] {
  return Array.from({ length: count }, (_, id) => ({
    id,
    planDigest: 'p',
    step: 0,
    action,
    fencingToken: 1,
    startedAt: START,
    outcome: 'failed',
    endedAt: START,
  }));
}

function aMart(bytes: number): Mart {
  return {
    definition: aDefinition(),
    definitionDigest: 'd',
    stage: 'physical',
    createdAt: START,
    hidden: [],
    current: {
      version: 1,
      table: aBuild().table,
      builtAt: START,
      sourceStates: [],
      verifiedFreshAt: START,
      rows: 1,
      bytes,
      facts: {
        source: 's',
        verifiedAt: START,
        uniqueKeys: [],
        inclusions: [],
        notNull: [],
        rowCounts: [],
      },
    },
  };
}

const NIGHT = { quietHours: { from: '22:00', until: '06:00' } };
const FREEZE = {
  freezeWindows: [{ from: '2026-06-01T00:00:00Z', until: '2026-06-03T00:00:00Z' }],
};

describe('caps in the executor', () => {
  it('let a step through when nothing is in the way', () => {
    expect(refusedByCaps(anInput())).toBeUndefined();
    expect(CAPS.map(({ id }) => id)).toEqual([
      'kill-switch',
      'freeze-window',
      'quiet-hours',
      'adoptable-only',
      'builds-per-day',
      'build-money-per-day',
      'max-marts',
      'max-storage',
    ]);
  });

  it.for([
    ['the last build of the day', anInput({ buildsToday: begun(9) }), undefined],
    [
      'one build too many, failed ones counted',
      anInput({ buildsToday: begun(10) }),
      '10 builds were begun today and 10 a day are allowed; it can go on tomorrow (UTC)',
    ],
    [
      'a refresh on a day of many builds',
      anInput({ buildsToday: begun(10), action: aBuild({ reason: 'refresh' }) }),
      undefined,
    ],
    [
      'one refresh too many',
      anInput({
        buildsToday: begun(2, aBuild({ reason: 'refresh' })),
        action: aBuild({ reason: 'refresh' }),
        caps: { refreshesPerDay: 2 },
      }),
      '2 refreshes were begun today and 2 a day are allowed; it can go on tomorrow (UTC)',
    ],
    [
      'a build that takes the last of the money',
      anInput({ money: { spent: usd(9), expected: usd(1) } }),
      undefined,
    ],
    [
      'a build beyond the money of the day',
      anInput({ money: { spent: usd(9), expected: usd(1.5) } }),
      "today's builds took $9.00, this one is expected to take $1.50, and $10.00 a day are allowed; it can go on tomorrow (UTC), or raise caps.maxBuildUsdPerDay",
    ],
    [
      'a build that promises to cost nothing when all is spent',
      anInput({ money: { spent: usd(10), expected: noMoney } }),
      "today's builds took $10.00, this one is expected to take $0.00, and $10.00 a day are allowed; it can go on tomorrow (UTC), or raise caps.maxBuildUsdPerDay",
    ],
    [
      'a refresh when all is spent',
      anInput({
        money: { spent: usd(10), expected: usd(1) },
        action: aBuild({ reason: 'refresh' }),
      }),
      undefined,
    ],
    [
      'a takeover of a view nobody listed',
      anInput({ action: adopt, adoptable: new Set([create.mart]) }),
      `${adopt.mart} is not listed under marts.adoptable; list it there to have it taken over`,
    ],
    [
      'a takeover of a listed view',
      anInput({ action: adopt, adoptable: new Set([adopt.mart]) }),
      undefined,
    ],
    [
      'one mart too many',
      anInput({ action: create, marts: [aMart(1)], caps: { maxMarts: 1 } }),
      'there is 1 mart and 1 is allowed; release one or raise caps.maxMarts',
    ],
    [
      'storage used to the last byte',
      anInput({ marts: [aMart(500)], caps: { maxStorageBytes: 1_000_500 } }),
      undefined,
    ],
    [
      'a byte too much storage',
      anInput({ marts: [aMart(501)], caps: { maxStorageBytes: 1_000_500 } }),
      'marts take 501 bytes, this build may take 1000000 more, and 1000500 are allowed; raise caps.maxStorageBytes',
    ],
    [
      'a build at midnight in quiet hours',
      anInput({ caps: NIGHT }),
      'builds are not begun between 22:00 and 06:00 UTC, and it is 00:00',
    ],
    [
      'a build when quiet hours end',
      anInput({ caps: NIGHT, now: START + 6 * 3_600_000 }),
      undefined,
    ],
    ['a drop in quiet hours', anInput({ caps: NIGHT, action: dropV1 }), undefined],
    [
      'a flip in a freeze window',
      anInput({ caps: FREEZE, action: toVersion() }),
      'a freeze window runs from 2026-06-01T00:00:00Z; changes are allowed again from 2026-06-03T00:00:00Z',
    ],
    [
      'going back to the definition in a freeze window',
      anInput({ caps: FREEZE, action: toLogical }),
      undefined,
    ],
    [
      'going back to the definition under the kill switch',
      anInput({ killSwitch: true, action: toLogical, caps: { killSwitchFile: 'stop' } }),
      'the kill switch is on (file stop exists); take it off to go on',
    ],
  ] as const)('%s', ([, input, because]) => {
    expect(refusedByCaps(input)?.because).toBe(because);
  });
});
