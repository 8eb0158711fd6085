import type { RelationId } from '../../src/base/relation.ts';
import { noMoney, usd } from '../../src/base/usd.ts';
import type { Candidate } from '../../src/candidates/candidate.ts';
import type { MartEstimate } from '../../src/cost/estimate.ts';
import { uncalibrated } from '../../src/decide/calibrate.ts';
import type { CandidateDemand, DemandSide } from '../../src/decide/candidate-demand.ts';
import type { DecisionInput } from '../../src/decide/decision-rule.ts';
import { decisionSettings, type Policy } from '../../src/decide/policy.ts';

export const SALES = 'gold.sales_by_day' as RelationId;
export const LINES = 'silver.order_lines' as RelationId;
export const PRODUCTS = 'silver.products' as RelationId;

export function aPolicy(changes: Partial<Policy> = {}): Policy {
  return { ...decisionSettings.parse({}), ...changes };
}

export function aCandidate(changes: Partial<Candidate> = {}): Candidate {
  return {
    key: 'a1b2c3d4e5f60718293a4b5c6d7e8f90',
    enumerator: 'aggregated',
    definition: {
      relation: SALES,
      origin: 'candidate',
      sql: 'select order_date, sum(amount) as sum_amount from silver.order_lines group by order_date',
      columns: [
        { name: 'order_date', type: 'date' },
        { name: 'sum_amount', type: 'decimal(38,2)' },
      ],
      sources: [LINES],
      obligations: [],
      maxStalenessMs: 36 * 3_600_000,
    },
    query: { body: { kind: 'opaque', because: 'not needed here' }, outputs: [], orderBy: [] },
    anchor: LINES,
    grain: [{ relation: LINES, column: 'order_date', isWhole: true }],
    unverified: [],
    failed: [],
    objections: [],
    ...changes,
  };
}

export function anEstimate(changes: Partial<MartEstimate> = {}): MartEstimate {
  return {
    rows: 1000,
    bytes: 18_000,
    definitionCpuMs: 40,
    buildCpuMs: 500,
    refreshCpuMs: 200,
    upkeepCpuMsPerDay: 200,
    refreshesPerDay: 1,
    buildCost: usd(0.000_007),
    upkeepPerDay: usd(0.000_002),
    basis: 'modelled',
    ...changes,
  };
}

export function aSide(changes: Partial<DemandSide> = {}): DemandSide {
  return { runs: 140, readers: 3, days: 14, baseCpuMs: 140 * 40, martCpuMs: 140 * 2, ...changes };
}

export function aDemand(changes: Partial<CandidateDemand> = {}): CandidateDemand {
  return {
    reachable: aSide(),
    unreachable: { runs: 0, readers: 0, days: 0, baseCpuMs: 0, martCpuMs: 0 },
    clientsWithoutRoad: [],
    byTemplate: [],
    savedCpuMsByDay: new Map(),
    roads: ['route'],
    ...changes,
  };
}

/** Passes every rule; a test changes only what it is about. */
export function aDecisionInput(changes: Partial<DecisionInput> = {}): DecisionInput {
  return {
    candidate: aCandidate(),
    estimate: anEstimate(),
    demand: aDemand(),
    forecast: {
      days: 14,
      runsPerDay: 10,
      savedCpuMsPerDay: 380,
      lowCpuMsPerDay: 350,
      highCpuMsPerDay: 410,
      path: [],
      pattern: 'every day',
      activeDays: 14,
    },
    accumulator: { missed: usd(0.00004) },
    policy: aPolicy(),
    now: Date.parse('2026-03-20T02:00:00Z'),
    cyclePeriodMs: 24 * 3_600_000,
    coverage: 1,
    anchorRows: 500_000,
    saving: {
      lowPerDay: usd(0.000_004_9),
      meanPerDay: usd(0.000_005_3),
      highPerDay: usd(0.000_005_7),
    },
    netPerDay: usd(0.000_003_3),
    calibration: uncalibrated,
    reservation: { kind: 'none' },
    ...changes,
  };
}

export { noMoney };
