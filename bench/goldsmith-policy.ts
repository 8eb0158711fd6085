import { DAY_MS, dayOf } from '../src/base/clock.ts';
import { type RelationId, relationId } from '../src/base/relation.ts';
import { type NanoUsd, nanoUsd, noMoney } from '../src/base/usd.ts';
import type { Candidate } from '../src/candidates/candidate.ts';
import type { MartEstimate } from '../src/cost/estimate.ts';
import { accumulate } from '../src/decide/accumulate.ts';
import { uncalibrated } from '../src/decide/calibrate.ts';
import type { DemandSide } from '../src/decide/candidate-demand.ts';
import type { Accumulator } from '../src/decide/cycle-input.ts';
import type { DecisionInput } from '../src/decide/decision-rule.ts';
import { rememberPast } from '../src/decide/forecast/past.ts';
import { judge } from '../src/decide/judge.ts';
import type { Policy } from '../src/decide/policy.ts';
import { withSeason } from '../src/decide/season-demand.ts';
import { whyLetGo } from '../src/decide/why-let-go.ts';
import { worthOf } from '../src/decide/worth.ts';
import { cycleAt, type DemandStream } from './demand-streams.ts';
import type { StreamPolicy } from './stream-policies.ts';

/** A unit of saving is a run that takes 100 ms on base and none on the mart, at a micro-dollar. */
const UNIT_MS = 100;
const NANOS_PER_UNIT = 1000;
const READERS = 3;

/** The daemon's own decision, day by day: the accumulator, the forecast, every rule, and what lets a mart go. */
export function goldsmith(policy: Policy): StreamPolicy {
  let streams = 0;
  return (stream) => {
    streams += 1;
    const relation = relationId({ schema: 'gold', name: `stream_${streams}` });
    let memory: Accumulator | undefined;
    let since = 0;
    return (day, stands) => {
      if (day === 0) {
        return false;
      }
      const { asked, remembered } = ask(stream, { day, stands, since, memory, policy, relation });
      memory = remembered;
      if (!stands) {
        const isBuilt = judge(asked).build;
        since = isBuilt ? day : since;
        return isBuilt;
      }
      return whyLetGo(asked, remembered) === undefined;
    };
  };
}

interface Morning {
  readonly day: number;
  readonly stands: boolean;
  /** The day it was built. */
  readonly since: number;
  readonly memory: Accumulator | undefined;
  readonly policy: Policy;
  readonly relation: RelationId;
}

function ask(
  stream: DemandStream,
  { day, stands, since, memory, policy, relation }: Morning,
): { readonly asked: DecisionInput; readonly remembered: Accumulator } {
  const now = cycleAt(day);
  const first = Math.max(0, day - policy.evidenceDays);
  const shown = stream.saved.slice(first, day);
  const days = shown.map((_, i) => dayOf(cycleAt(first + i)));
  const runsByDay = new Map(days.map((each, i) => [each, shown[i] ?? 0]));
  const estimate = estimateOf(stream);
  const accumulator = accumulate(memory, {
    key: relation,
    relation,
    now,
    stage: stands ? 'physical' : 'none',
    enteredAt: cycleAt(since),
    days,
    savedOn: (each) => units(runsByDay.get(each) ?? 0),
    upkeepPerDay: estimate.upkeepPerDay,
    baselines: [],
  });
  const template = { fingerprint: relation, baseCpuMs: UNIT_MS, savedCpuMs: UNIT_MS };
  const past = rememberPast(memory?.past ?? [], {
    present: [{ ...template, readers: READERS, sampleIds: [], runsByDay }],
    days,
  });
  const demand = sideOf(shown);
  const asked: DecisionInput = {
    candidate: candidateOf(relation),
    estimate,
    demand: {
      reachable: demand,
      unreachable: sideOf([]),
      clientsWithoutRoad: [],
      byTemplate: [],
      savedCpuMsByDay: new Map(),
      roads: ['stable-name'],
    },
    accumulator,
    policy,
    now,
    cyclePeriodMs: DAY_MS,
    coverage: 1,
    anchorRows: 0,
    ...worthOf({
      past,
      days,
      runs: demand.runs,
      estimate,
      isPhysical: stands,
      priceOf: (cpuMs) => units(cpuMs / UNIT_MS),
      calibration: uncalibrated,
      freesPerDay: noMoney,
      now,
    }),
  };
  return { asked: withSeason(asked, past), remembered: { ...accumulator, past } };
}

function units(count: number): NanoUsd {
  return nanoUsd(BigInt(Math.round(count * NANOS_PER_UNIT)));
}

function sideOf(runsByDay: readonly number[]): DemandSide {
  const runs = runsByDay.reduce((sum, each) => sum + each, 0);
  const days = runsByDay.filter((each) => each > 0).length;
  return { runs, readers: runs > 0 ? READERS : 0, days, baseCpuMs: runs * UNIT_MS, martCpuMs: 0 };
}

function estimateOf({ build, upkeep }: DemandStream): MartEstimate {
  return {
    rows: 1000,
    bytes: 10_000,
    definitionCpuMs: 0,
    buildCpuMs: build * UNIT_MS,
    refreshCpuMs: upkeep * UNIT_MS,
    upkeepCpuMsPerDay: upkeep * UNIT_MS,
    refreshesPerDay: 1,
    buildCost: build === 0 ? noMoney : units(build),
    upkeepPerDay: units(upkeep),
    basis: 'measured',
  };
}

function candidateOf(relation: RelationId): Candidate {
  return {
    key: relation,
    enumerator: 'aggregated',
    definition: {
      relation,
      origin: 'candidate',
      sql: 'select 1 as one',
      columns: [],
      sources: [],
      obligations: [],
      maxStalenessMs: 2 * DAY_MS,
    },
    query: { body: { kind: 'opaque', because: 'a stream of numbers' }, outputs: [], orderBy: [] },
    unverified: [],
    failed: [],
    objections: [],
  };
}
