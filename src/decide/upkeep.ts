import { DAY_MS, dayOf, HOUR_MS } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { Mart } from '../marts/mart.ts';
import type { WorkDone } from '../marts/receipt.ts';
import type { UsageSnapshot } from '../usage/template.ts';
import type { CycleInput } from './cycle-input.ts';
import { historyDays } from './days.ts';

/** Where the history shows no writes to a source, it is taken to change once a day. */
const UNSEEN_CHANGES_PER_DAY = 1;
const ENOUGH_DAYS = 3;

/**
 * How often a mart over these sources would be refreshed: on how many days of the window anything wrote to one of
 * them, and never more often than cycles run.
 */
export function refreshesPerDay(sources: readonly RelationId[], input: CycleInput): number {
  const { usage, cyclePeriodMs, now } = input;
  const { runsByDay, days } = writesIn(usage, now);
  const cyclesPerDay = DAY_MS / cyclePeriodMs;
  const written = [...new Set(sources)].flatMap((source) => runsByDay.get(source) ?? []);
  if (written.length === 0) {
    return Math.min(cyclesPerDay, UNSEEN_CHANGES_PER_DAY);
  }
  const runsOn = new Map<string, number>();
  for (const [day, runs] of written.flatMap((byDay) => [...byDay])) {
    runsOn.set(day, (runsOn.get(day) ?? 0) + runs);
  }
  const changes = [...runsOn.values()].reduce((sum, runs) => sum + Math.min(runs, cyclesPerDay), 0);
  return changes / Math.max(1, days);
}

/** A build in steps takes several cycles; each leaves its own entry. */
const STEPS_MS = 3 * DAY_MS;

interface Writes {
  readonly today: string;
  /** Runs on each day before today, by the relation written to; one nobody wrote to in the window has none. */
  readonly runsByDay: ReadonlyMap<RelationId, ReadonlyMap<string, number>>;
  /** Whole days the history covers. */
  readonly days: number;
}

/** The statements that write, added up once a snapshot: few among many, and every candidate asks for them. */
function writesIn(usage: UsageSnapshot, now: number): Writes {
  const today = dayOf(now);
  const known = WRITES.get(usage);
  if (known?.today === today) {
    return known;
  }
  const targetOf = new Map<string, RelationId>();
  const runsByDay = new Map<RelationId, Map<string, number>>();
  for (const { fingerprint, shape } of usage.templates) {
    if (shape.statement === 'write' && shape.target !== undefined) {
      targetOf.set(fingerprint, shape.target);
      runsByDay.set(shape.target, new Map());
    }
  }
  for (const { fingerprint, day, runs } of usage.facts) {
    const target = targetOf.get(fingerprint);
    const byDay = target === undefined ? undefined : runsByDay.get(target);
    if (byDay !== undefined && day < today) {
      byDay.set(day, (byDay.get(day) ?? 0) + runs);
    }
  }
  const writes = { today, runsByDay, days: historyDays(usage, now).length };
  WRITES.set(usage, writes);
  return writes;
}

const WRITES = new WeakMap<UsageSnapshot, Writes>();

/** Thread time really spent on a mart, where enough of it was seen to replace the model. */
export function measuredWork(
  mart: Mart | undefined,
  {
    workDone,
    now,
    physicalSince,
    workDays,
  }: {
    readonly workDone: readonly WorkDone[];
    readonly now: number;
    readonly physicalSince: number | undefined;
    /** How many days back `workDone` goes. */
    readonly workDays: number;
  },
): { readonly buildCpuMs?: number; readonly upkeepCpuMsPerDay?: number } {
  if (mart === undefined) {
    return {};
  }
  const own = workDone
    .filter(({ relation }) => relation === mart.definition.relation)
    .toSorted((a, b) => a.at - b.at || a.cpuMs - b.cpuMs);
  const build = own.findLast(({ kind }) => kind === 'build');
  const around =
    build === undefined || mart.unfinished !== undefined
      ? []
      : own.filter(
          ({ kind, at }) =>
            (BUILDING.has(kind) && Math.abs(at - build.at) < HOUR_MS) ||
            (kind === 'build' && at <= build.at && build.at - at < STEPS_MS),
        );
  const days = physicalSince === undefined ? 0 : (now - physicalSince) / DAY_MS;
  const kept = own.filter(
    ({ kind, at }) => KEEPING.has(kind) && at > (physicalSince ?? now) + HOUR_MS,
  );
  return {
    ...(around.length === 0 ? {} : { buildCpuMs: total(around) }),
    ...(days < ENOUGH_DAYS ? {} : { upkeepCpuMsPerDay: total(kept) / Math.min(days, workDays) }),
  };
}

const BUILDING: ReadonlySet<WorkDone['kind']> = new Set(['build', 'verification', 'facts']);
const KEEPING: ReadonlySet<WorkDone['kind']> = new Set([
  'refresh',
  'verification',
  'facts',
  'paired-run',
  'daemon',
]);

function total(work: readonly WorkDone[]): number {
  return work.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
}
