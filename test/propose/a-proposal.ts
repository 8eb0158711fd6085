import { type RelationId, relationId } from '../../src/base/relation.ts';
import { usd } from '../../src/base/usd.ts';
import type { MartDefinition } from '../../src/marts/mart.ts';
import type { Action } from '../../src/plan/action.ts';
import type { PlanStep } from '../../src/plan/plan.ts';
import { drawUp } from '../../src/propose/merge-drafts.ts';
import type { Draft, Proposal, ProposalState } from '../../src/propose/proposal.ts';
import { proposeSettings } from '../../src/propose/settings.ts';

export const DAILY: RelationId = relationId({ schema: 'gold', name: 'daily_sales' });
export const MONDAY = Date.parse('2026-08-03T03:00:00Z');

export const SETTINGS = proposeSettings.parse({
  approvals: { build: ['cli:*', 'slack:U1', 'slack:U2'], drop: ['slack:U2'] },
});

export function aDefinition(over: Partial<MartDefinition> = {}): MartDefinition {
  return {
    relation: DAILY,
    origin: 'candidate',
    sql: 'select region, sum(revenue) as revenue from silver.sales group by region',
    columns: [
      { name: 'region', type: 'VARCHAR' },
      { name: 'revenue', type: 'DOUBLE' },
    ],
    sources: [relationId({ schema: 'silver', name: 'sales' })],
    obligations: [],
    maxStalenessMs: 3_600_000,
    ...over,
  };
}

export function aStep(action: Action, over: Partial<PlanStep> = {}): PlanStep {
  return { action, because: `because of ${action.kind}`, evidence: {}, ...over };
}

export function publishing(definition = aDefinition()): PlanStep {
  return aStep({ kind: 'create-mart', mart: definition.relation, definition });
}

export function building(
  over: { readonly mart?: RelationId; readonly reason?: 'promote' | 'refresh' } = {},
): readonly PlanStep[] {
  const { mart = DAILY, reason = 'promote' } = over;
  const table = relationId({ schema: 'goldsmith', name: 'daily_sales__v1' });
  return [
    aStep({
      kind: 'build-version',
      mart,
      version: 1,
      table,
      reason,
      replay: [],
      minimumGain: 0,
      budget: { cpuMs: 1000, bytes: 1000 },
    }),
    aStep({
      kind: 'repoint-view',
      mart,
      to: { kind: 'version', version: 1, table, freshUntil: MONDAY },
    }),
  ];
}

export function demoting(evidence: PlanStep['evidence'] = {}): PlanStep {
  return aStep({ kind: 'repoint-view', mart: DAILY, to: { kind: 'logical' } }, { evidence });
}

export function aDraft(over: Partial<Draft> = {}): Draft {
  return {
    kind: 'build',
    relation: DAILY,
    meaning: 'meaning one',
    parts: ['publish a', 'store a'],
    steps: [publishing(), ...building()],
    files: [],
    body: {
      title: 'Build gold.daily_sales',
      because: 'it pays',
      money: { netPerDay: usd(3), once: usd(1), arithmetic: [] },
      evidence: [],
      readers: [],
      risks: [],
      proofs: [],
      undo: '`goldsmith rollback gold.daily_sales`',
      sql: [],
    },
    evidenceRuns: 20,
    ...over,
  };
}

export function aProposal(over: Partial<Proposal> = {}, state: ProposalState = 'open'): Proposal {
  return {
    ...drawUp(aDraft(), { now: MONDAY, settings: SETTINGS }),
    state,
    ...over,
  };
}
