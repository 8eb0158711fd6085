import { DAY_MS, dayOf, HOUR_MS } from '../base/clock.ts';
import type { RelationId } from '../base/relation.ts';
import type { Mart } from '../marts/mart.ts';
import type { WorkDone } from '../marts/receipt.ts';
import type { UsageFact, UsageSnapshot } from '../usage/template.ts';
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
  const { targetOf, facts } = writesIn(usage);
  const isWrite = (fingerprint: string) => {
    const target = targetOf.get(fingerprint);
    return target !== undefined && sources.includes(target);
  };
  const cyclesPerDay = DAY_MS / cyclePeriodMs;
  if (![...targetOf.keys()].some(isWrite)) {
    return Math.min(cyclesPerDay, UNSEEN_CHANGES_PER_DAY);
  }
  const today = dayOf(now);
  const runsOn = new Map<string, number>();
  for (const { fingerprint, day, runs } of facts) {
    if (isWrite(fingerprint) && day < today) {
      runsOn.set(day, (runsOn.get(day) ?? 0) + runs);
    }
  }
  const changes = [...runsOn.values()].reduce((sum, runs) => sum + Math.min(runs, cyclesPerDay), 0);
  return changes / Math.max(1, historyDays(usage, now).length);
}

/** A build in steps takes several cycles; each leaves its own entry. */
const STEPS_MS = 3 * DAY_MS;

interface Writes {
  readonly targetOf: ReadonlyMap<string, RelationId>;
  /** In the order of the snapshot's. */
  readonly facts: readonly UsageFact[];
}

/** The statements that write, sifted once a snapshot: few among many, and every candidate asks for them. */
function writesIn(usage: UsageSnapshot): Writes {
  const known = WRITES.get(usage);
  if (known !== undefined) {
    return known;
  }
  const targetOf = new Map<string, RelationId>();
  for (const { fingerprint, shape } of usage.templates) {
    if (shape.statement === 'write' && shape.target !== undefined) {
      targetOf.set(fingerprint, shape.target);
    }
  }
  const facts = usage.facts.filter(({ fingerprint }) => targetOf.has(fingerprint));
  const writes = { targetOf, facts };
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
