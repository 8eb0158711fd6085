import type { RelationId } from '../../../src/base/relation.ts';
import { usd } from '../../../src/base/usd.ts';
import type { MartDefinition } from '../../../src/marts/mart.ts';
import type { FilesParts } from '../../../src/propose/files/files-of.ts';
import { fileSettings } from '../../../src/propose/files/settings.ts';
import type { Proposal, ProposalId } from '../../../src/propose/proposal.ts';
import { dialectOf } from '../../../src/sql/dialects.ts';

const GOLD = 'gold.daily_sales' as RelationId;

export function aDefinition(
  sql = 'select order_date, sum(amount) as sum_amount\nfrom silver.orders\ngroup by order_date',
): MartDefinition {
  return {
    relation: GOLD,
    origin: 'candidate',
    sql,
    columns: [
      { name: 'order_date', type: 'DATE' },
      { name: 'sum_amount', type: 'DECIMAL(38,2)' },
    ],
    sources: ['silver.orders' as RelationId],
    obligations: [],
    maxStalenessMs: 3_600_000,
  };
}

/** An open proposal to publish and build a mart. */
export function aProposal(changes: Partial<Proposal> = {}, definition = aDefinition()): Proposal {
  return {
    id: '0123456789abcdef' as ProposalId,
    kind: 'build',
    relation: GOLD,
    meaning: 'first-meaning',
    steps: [
      {
        action: { kind: 'create-mart', mart: GOLD, definition },
        because: '168 runs in 14 days would have been cheaper',
        evidence: {},
      },
    ],
    files: [],
    body: {
      title: 'Build gold.daily_sales',
      because: '168 runs in 14 days by 3 readers would have been cheaper',
      money: {
        netPerDay: usd(1.25),
        interval: [usd(0.8), usd(1.9)],
        once: usd(0.4),
        arithmetic: ['12 runs a day, 900 ms each on base and 40 ms on the mart'],
      },
      evidence: ['sum of amount by day: 12 runs a day, $1.40 a day, 3 readers'],
      readers: ['finance dashboard', 'ana@example.com'],
      risks: ['low: a view is published'],
      proofs: ['content compared on one snapshot'],
      undo: '`goldsmith rollback gold.daily_sales`',
      sql: ['create view gold.daily_sales as select 1'],
    },
    evidenceRuns: 12,
    state: 'open',
    openedAt: Date.parse('2026-03-20T02:00:00Z'),
    expiresAt: Date.parse('2026-04-03T02:00:00Z'),
    moves: [],
    ...changes,
  };
}

export function filesParts(changes: Partial<FilesParts> = {}): FilesParts {
  return {
    settings: fileSettings.parse(undefined),
    dialect: dialectOf('duckdb'),
    martOf: () => undefined,
    ...changes,
  };
}
