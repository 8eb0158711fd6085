import type { EpochMs } from '../base/clock.ts';
import type { Intent } from '../decide/intent.ts';
import { makePlanValue, type Plan, type PlanStep } from './plan.ts';

export interface PlanTimes {
  readonly madeAt: EpochMs;
  readonly expiresAt: EpochMs;
}

/**
 * What protects readers first; then what nobody reads any more makes room, for a build that finds none would keep it from being
 * dropped; then what readers gain. A mart is given up last.
 */
const PHASES: readonly ((intent: Intent) => boolean)[] = [
  (intent) =>
    intent.kind === 'hold' ||
    intent.kind === 'follow' ||
    (intent.kind === 'withdraw' && intent.isUrgent),
  (intent) => intent.kind === 'renew',
  (intent) => intent.kind === 'drop',
  (intent) =>
    intent.kind === 'mark' ||
    (intent.kind === 'build' && intent.reason === 'refresh') ||
    intent.kind === 'refresh',
  (intent) => intent.kind === 'withdraw',
  (intent) =>
    intent.kind === 'publish' ||
    intent.kind === 'adopt' ||
    intent.kind === 'fill' ||
    intent.kind === 'build',
  (intent) => intent.kind === 'release',
];

/** Puts what was decided in order and into the closed list of verbs; equal intents in any order, equal plan. */
export function makePlan(intents: readonly Intent[], times: PlanTimes): Plan {
  const netOf = netByRelation(intents);
  const steps = intents
    .map((intent) => ({ intent, phase: PHASES.findIndex((isIn) => isIn(intent)) }))
    .toSorted(
      (a, b) =>
        a.phase - b.phase ||
        Number((netOf.get(b.intent.relation) ?? 0n) - (netOf.get(a.intent.relation) ?? 0n)) ||
        compare(a.intent.relation, b.intent.relation) ||
        rankOf(a.intent) - rankOf(b.intent),
    )
    .flatMap(({ intent }) => stepsOf(intent));
  return makePlanValue({ ...times, steps });
}

/** A mart's view is published before it is built, and what is stored of it noted after; older versions are dropped first. */
function rankOf(intent: Intent): number {
  if (intent.kind === 'drop') {
    return intent.version;
  }
  if (intent.kind === 'mark') {
    return 2;
  }
  return intent.kind === 'publish' || intent.kind === 'adopt' ? 0 : 1;
}

function netByRelation(intents: readonly Intent[]): ReadonlyMap<string, bigint> {
  return new Map(
    intents
      .filter(({ predicted }) => predicted !== undefined)
      .map(({ relation, predicted }) => [relation, predicted?.netPerDay ?? 0n]),
  );
}

function stepsOf(intent: Intent): readonly PlanStep[] {
  const { relation: mart, because, evidence } = intent;
  switch (intent.kind) {
    case 'publish': {
      const { definition, originalSql } = intent;
      const action =
        originalSql === undefined
          ? ({ kind: 'create-mart', mart, definition } as const)
          : ({ kind: 'adopt-view', mart, definition, originalSql } as const);
      return [{ action, because, evidence }];
    }
    case 'adopt': {
      const { definition, version, table, freshUntil } = intent;
      const action = { kind: 'adopt-table', mart, definition, version, table, freshUntil } as const;
      return [{ action, because, evidence }];
    }
    case 'build': {
      const { version, table, reason, replay, minimumGain, budget, freshUntil, predicted } = intent;
      const { slim, minimumCut, ranged, grown, clusteredBy, partedBy, native } = intent;
      return [
        {
          action: {
            kind: 'build-version',
            mart,
            version,
            table,
            reason,
            replay,
            minimumGain,
            budget,
            ...(slim === undefined ? {} : { slim }),
            ...(minimumCut === undefined ? {} : { minimumCut }),
            ...(ranged === undefined ? {} : { ranged }),
            ...(grown === undefined ? {} : { grown }),
            ...(clusteredBy === undefined ? {} : { clusteredBy }),
            ...(partedBy === undefined ? {} : { partedBy }),
            ...(native === undefined || slim !== undefined ? {} : { native }),
          },
          because,
          evidence,
          ...(predicted === undefined ? {} : { predicted }),
        },
        {
          action: {
            kind: 'repoint-view',
            mart,
            to: { kind: 'version', version, table, freshUntil },
          },
          because: 'once it is proved equal',
          evidence: { version },
        },
      ];
    }
    case 'refresh': {
      const { version, table, proveWhole, budget, freshUntil, predicted } = intent;
      const action = { kind: 'refresh-version', mart, version, table, proveWhole, budget } as const;
      const to = { kind: 'version', version, table, freshUntil } as const;
      return [
        { action, because, evidence, ...(predicted === undefined ? {} : { predicted }) },
        {
          action: { kind: 'repoint-view', mart, to },
          because: 'once it is proved',
          evidence: { version },
        },
      ];
    }
    case 'fill': {
      const { version, table, by, rowsPerStep, budget, clusteredBy, partedBy, predicted } = intent;
      const action = {
        kind: 'fill-version',
        mart,
        version,
        table,
        by,
        rowsPerStep,
        budget,
        ...(clusteredBy === undefined ? {} : { clusteredBy }),
        ...(partedBy === undefined ? {} : { partedBy }),
      } as const;
      return [{ action, because, evidence, ...(predicted === undefined ? {} : { predicted }) }];
    }
    case 'mark': {
      const { changes } = intent;
      return [{ action: { kind: 'mark-attributes', mart, changes }, because, evidence }];
    }
    case 'renew': {
      const { version, table, freshUntil } = intent;
      const to = { kind: 'version', version, table, freshUntil } as const;
      return [{ action: { kind: 'repoint-view', mart, to }, because, evidence }];
    }
    case 'withdraw':
      return [
        {
          action: { kind: 'repoint-view', mart, to: { kind: 'logical' } },
          because,
          evidence,
          ...(intent.predicted === undefined ? {} : { predicted: intent.predicted }),
        },
      ];
    case 'hold': {
      const { version, table } = intent;
      return [
        { action: { kind: 'hold-version', mart, version, table, because }, because, evidence },
      ];
    }
    case 'follow': {
      const { from, definition, change, proof, without } = intent;
      const action = { kind: 'follow-source', mart, from, definition, change, proof } as const;
      return [
        { action: without === undefined ? action : { ...action, without }, because, evidence },
      ];
    }
    case 'drop': {
      const { version, table } = intent;
      return [{ action: { kind: 'drop-version', mart, version, table }, because, evidence }];
    }
    case 'release': {
      const action = { kind: 'release-mart', mart } as const;
      return [
        {
          action: intent.asItStands === true ? { ...action, asItStands: true } : action,
          because,
          evidence,
        },
      ];
    }
  }
}

function compare(a: string, b: string): number {
  if (a === b) {
    return 0;
  }
  return a < b ? -1 : 1;
}
