import { type EpochMs, HOUR_MS } from '../../base/clock.ts';
import { digestOf } from '../../base/digest.ts';
import { cellText } from '../cell-text.ts';
import type { Cell, Connector } from '../connector.ts';
import { countsAndTexts } from '../history/counts-and-texts.ts';
import { HourlyHistory } from '../history/hourly-history.ts';
import type { HourlyGroup, HourlyStatements } from '../history/hourly-statements.ts';
import type { HistoryRow } from '../history-row.ts';
import { countsSql, GROUPS_AN_HOUR, groupsSql, textsSql } from './query-history-sql.ts';
import { queryTagsOf } from './query-tags.ts';

export interface QueryHistoryParts {
  readonly name: string;
  readonly connector: Connector;
  /** `system.query.history`, or a customer's own view or copy with its columns, as SQL writes it. */
  readonly relation: string;
  /** A text of this many characters was cut, and is not mined. */
  readonly cutAt: number;
  readonly lookbackDays: number;
  readonly now: () => EpochMs;
}

/** Statements show up within an hour of their end, typically. */
const LATENCY_MS = 90 * 60_000;

/**
 * The statements of Databricks' SQL warehouses (`system.query.history`) by hour and hash. Work is the time of all tasks over all
 * cores. What ran on classic clusters is not told there.
 */
export function openQueryHistory(parts: QueryHistoryParts): HourlyHistory {
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

function statementsOf({ connector, relation, cutAt }: QueryHistoryParts): HourlyStatements {
  const purpose = 'history';
  return {
    async groups(hours, { signal }) {
      const groups: HourlyGroup[] = [];
      for await (const rows of connector.stream(groupsSql(relation, hours), { purpose, signal })) {
        groups.push(...rows.map((row) => readGroup(row, cutAt)));
      }
      return groups;
    },
    ...countsAndTexts(connector, {
      counts: (hours) => countsSql(relation, hours),
      texts: (ids, hours) => textsSql(relation, { ...hours, ids }),
    }),
  };
}

const STATUS: Readonly<Record<string, HistoryRow['status']>> = {
  FINISHED: 'success',
  FAILED: 'failed',
  CANCELED: 'cancelled',
};

function readGroup(row: readonly Cell[], cutAt: number): HourlyGroup {
  const [hour, hash, isReadable, user, runAs, client, tags, status, cached] = row;
  const [runs, taskMs, ms, bytes, lastEnd, sample, longest, warehouse] = row.slice(9);
  const unreadable = unreadableBecause({ hash, isReadable, isCut: Number(longest) >= cutAt });
  return {
    hour: Number(hour),
    key: digestOf([hash, isReadable, user, runAs, client, tags, status, cached, warehouse]).slice(
      0,
      12,
    ),
    hash: unreadable === undefined ? cellText(hash) : undefined,
    ...(unreadable === undefined ? {} : { unreadable }),
    sample: cellText(sample),
    counts: [Number(runs), Number(taskMs ?? 0), Number(ms ?? 0), Number(bytes ?? 0)],
    row: {
      endedAt: Number(lastEnd),
      status: STATUS[cellText(status)] ?? 'unknown',
      user: cellText(user),
      ...(runAs === null || runAs === user ? {} : { role: cellText(runAs) }),
      ...(client === null ? {} : { client: cellText(client) }),
      tags: queryTagsOf(cellText(tags)),
      cached: cached === true,
    },
  };
}

function unreadableBecause({
  hash,
  isReadable,
  isCut,
}: {
  readonly hash: Cell | undefined;
  readonly isReadable: Cell | undefined;
  readonly isCut: boolean;
}): string | undefined {
  if (hash === null) {
    return `they are beyond the ${GROUPS_AN_HOUR} dearest groups of their hour`;
  }
  if (isReadable !== true) {
    return 'their text is empty, as with keys of the customer’s own';
  }
  return isCut ? 'their text was cut' : undefined;
}
