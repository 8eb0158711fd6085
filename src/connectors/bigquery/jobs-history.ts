import { type EpochMs, HOUR_MS } from '../../base/clock.ts';
import { sha256 } from '../../base/digest.ts';
import type { Connector } from '../connector.ts';
import { countsAndTexts } from '../history/counts-and-texts.ts';
import { HourlyHistory } from '../history/hourly-history.ts';
import type { HourlyStatements } from '../history/hourly-statements.ts';
import { readGroup } from './job-group.ts';
import { countsSql, groupsSql, type JobsRelation, textsSql } from './jobs-sql.ts';

export interface JobsHistoryParts {
  readonly name: string;
  readonly connector: Connector;
  readonly relation: string;
  readonly hashesTexts: boolean;
  readonly readsKept?: boolean | undefined;
  /** Where a customer's copy cuts texts, in characters: what is as long was cut, and is not mined. */
  readonly cutAt?: number | undefined;
  readonly lookbackDays: number;
  readonly now: () => EpochMs;
}

/** Jobs show up within minutes of their end. */
export const LATENCY_MS = 10 * 60_000;

/**
 * BigQuery's jobs as a history, by the hour in which they ended and the service's hash, user, labels and outcome. The hash only
 * groups, and what it folds of a statement's shape is told apart beside it: what a statement is, our own fingerprint says.
 */
export function openJobsHistory(parts: JobsHistoryParts): HourlyHistory {
  const { name, lookbackDays, cutAt, now } = parts;
  return new HourlyHistory({
    name,
    statements: statementsOf(parts),
    latencyMs: LATENCY_MS,
    lookbackMs: lookbackDays * 24 * HOUR_MS,
    cutAt,
    now,
  });
}

function statementsOf({
  connector,
  relation,
  hashesTexts,
  readsKept = false,
}: JobsHistoryParts): HourlyStatements {
  const { billing: told, slotHours } = connector.capabilities;
  const billing = told === 'slots' ? 'slots' : 'bytes';
  const jobs: JobsRelation = { relation, hashesTexts, readsKept, billing, slotHours };
  const purpose = 'history';
  return {
    grouping: sha256(groupsSql(jobs, { from: 0, to: 0 })),
    async groups(hours, { signal }) {
      const { rows } = await connector.query(groupsSql(jobs, hours), { purpose, signal });
      return rows.map((row) => readGroup(row, jobs));
    },
    ...countsAndTexts(connector, {
      counts: (hours) => countsSql(jobs, hours),
      texts: (ids, hours) => textsSql(jobs, { ...hours, ids }),
    }),
  };
}
