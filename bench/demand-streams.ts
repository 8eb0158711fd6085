import { DAY_MS, dayNumber } from '../src/base/clock.ts';
import { calendarDay } from '../src/decide/forecast/calendar.ts';

/** A year of demand for one mart: what each day would save, in runs that save one unit each. */
export interface DemandStream {
  readonly kind: StreamKind;
  readonly saved: readonly number[];
  readonly upkeep: number;
  readonly build: number;
}

export const STREAM_KINDS = [
  'steady',
  'weekday',
  'weekly',
  'month-end',
  'dying',
  'project',
  'born',
  'bursts',
  'drift',
] as const;

export type StreamKind = (typeof STREAM_KINDS)[number];

export const FIRST_DAY = dayNumber(Date.parse('2025-01-01T00:00:00Z'));
export const STREAM_DAYS = 365;

/** Streams as `selection.md` 1.5 publishes them, with the real calendar: equal seeds, equal streams. */
export function demandStreams(seed: number, perKind: number): readonly DemandStream[] {
  const random = generator(seed);
  return STREAM_KINDS.flatMap((kind) =>
    Array.from({ length: perKind }, () => streamOf(kind, random)),
  ).filter(({ saved }) => saved.some((each) => each > 0));
}

/** The best anybody could have done who knew the future: the two-state recurrence. */
export function offlineOptimum({ saved, build, upkeep }: DemandStream): number {
  let [off, on] = [0, Infinity];
  for (const each of saved) {
    [off, on] = [Math.min(off, on) + each, Math.min(on, off + build) + upkeep];
  }
  return Math.min(off, on);
}

function streamOf(kind: StreamKind, random: () => number): DemandStream {
  const rate = Math.exp(random() * 3);
  const rateOn = rates(kind, {
    rate,
    turn: Math.floor(random() * 200),
    life: 10 + Math.floor(random() * 120),
    weekday: Math.floor(random() * 7),
    phase: random(),
    random,
  });
  const saved = Array.from({ length: STREAM_DAYS }, (_, day) => poisson(rateOn(day), random));
  const mean = saved.reduce((sum, each) => sum + each, 0) / STREAM_DAYS;
  return {
    kind,
    saved,
    upkeep: mean * (0.1 + 1.4 * random()),
    build: mean * (2 + 38 * random()),
  };
}

function rates(
  kind: StreamKind,
  {
    rate,
    turn,
    life,
    weekday,
    phase,
    random,
  }: {
    readonly rate: number;
    readonly turn: number;
    readonly life: number;
    readonly weekday: number;
    readonly phase: number;
    readonly random: () => number;
  },
): (day: number) => number {
  const on = (day: number) => calendarDay(FIRST_DAY + day);
  const when = (isOn: boolean, height = rate) => (isOn ? height : 0);
  switch (kind) {
    case 'steady':
      return () => rate;
    case 'weekday':
      return (day) => when(on(day).weekday > 0 && on(day).weekday < 6);
    case 'weekly':
      return (day) => when(on(day).weekday === weekday, 6 * rate);
    case 'month-end':
      return (day) => when(on(day).daysLeft < 3, 8 * rate);
    case 'dying':
      return (day) => when(day < 30 + turn);
    case 'project':
      return (day) => when(day >= turn && day < turn + life);
    case 'born':
      return (day) => when(day >= turn);
    case 'bursts':
      return () => when(random() < 0.02, 15 * rate);
    case 'drift':
      return (day) => rate * Math.max(0, 1 + 0.8 * Math.sin(2 * Math.PI * (day / 180 + phase)));
  }
}

/** Mulberry32: 32 bits of state, the same numbers on every machine. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Knuth's method; a large mean is drawn in halves. */
function poisson(mean: number, random: () => number): number {
  if (mean <= 0) {
    return 0;
  }
  if (mean > 60) {
    return poisson(mean / 2, random) + poisson(mean / 2, random);
  }
  const limit = Math.exp(-mean);
  let product = random();
  let count = 0;
  while (product > limit) {
    product *= random();
    count += 1;
  }
  return count;
}

/** Epoch milliseconds of two in the morning of a stream's day, when the cycle runs. */
export function cycleAt(day: number): number {
  return (FIRST_DAY + day) * DAY_MS + 2 * 3_600_000;
}
