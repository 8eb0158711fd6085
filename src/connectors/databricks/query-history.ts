import { DAY_MS, type EpochMs, HOUR_MS } from '../../base/clock.ts';
import { digestOf, sha256 } from '../../base/digest.ts';
import { cellText } from '../cell-text.ts';
import type { CallOptions, Cell, Connector } from '../connector.ts';
import { ConnectorError } from '../connector-error.ts';
import { countsAndTexts } from '../history/counts-and-texts.ts';
import { HourlyHistory } from '../history/hourly-history.ts';
import type { Rates } from '../history/hourly-position.ts';
import type { HourlyGroup, HourlyStatements } from '../history/hourly-statements.ts';
import type { HistoryRow } from '../history-row.ts';
import { countsSql, GROUPS_AN_HOUR, groupsSql, textsSql } from './query-history-sql.ts';
import { queryTagsOf } from './query-tags.ts';
import { HIDDEN, readWarehouseUse, useQuestions } from './warehouse-use.ts';

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
/** Use is billed within a day of it. */
const BILLED_MS = DAY_MS;
/** What was told longer ago is not remembered. */
const MOST_BILLED_MS = 2 * DAY_MS;
/** A day on which a warehouse worked less, on a Sunday, say, does not tell what work costs on it: what was told before holds. */
const LEAST_TASK_MS = 10 * 60_000;

/**
 * The statements of Databricks' SQL warehouses (`system.query.history`) by hour and hash. Work is the time of all tasks over all
 * cores, by what each warehouse was billed while something ran on the last day that is billed; once a day the hours of that day are
 * set right. What ran on classic clusters is not told there.
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

function statementsOf(parts: QueryHistoryParts): HourlyStatements {
  const { connector, relation, cutAt } = parts;
  const purpose = 'history';
  return {
    grouping: sha256(groupsSql(relation, { from: 0, to: 0 })),
    async groups(hours, { signal, rates }) {
      const groups: HourlyGroup[] = [];
      for await (const rows of connector.stream(groupsSql(relation, hours), { purpose, signal })) {
        groups.push(...rows.map((row) => readGroup(row, { cutAt, rates })));
      }
      return groups;
    },
    ...countsAndTexts(connector, {
      counts: (hours) => countsSql(relation, hours),
      texts: (ids, hours) => textsSql(relation, { ...hours, ids }),
    }),
    rates: (before, { signal, since }) =>
      billedRates(parts, { before, since, options: { purpose, signal } }),
    rateQuestions: useQuestions(relation, {
      hours: { from: 0, to: HOUR_MS },
      ask: (sql, { signal }) => connector.query(sql, { purpose, signal }),
    }),
  };
}

/**
 * What task time cost on each warehouse, idle time left out, in the last day whose use is billed, or since the last look where that was
 * longer ago; where it is not told, as the list says.
 */
async function billedRates(
  { connector, relation, now }: QueryHistoryParts,
  {
    before,
    since,
    options,
  }: {
    readonly before: Rates;
    readonly since: EpochMs | undefined;
    readonly options: CallOptions;
  },
) {
  const to = billedAt(now());
  const last = billedAt(since ?? now());
  const day = { from: Math.max(Math.min(last, to - DAY_MS), to - MOST_BILLED_MS), to };
  const ask = (sql: string) => connector.query(sql, options);
  try {
    const uses = await readWarehouseUse({ ask, relation, ...day });
    const told = Object.fromEntries(
      uses
        .filter(({ taskMs }) => taskMs >= LEAST_TASK_MS)
        .map(({ warehouse, rate }) => [warehouse, rate]),
    );
    return {
      rates: { ...before, ...told },
      bad: [],
      ...(uses.length === 0 ? {} : { billed: day }),
    };
  } catch (error) {
    if (!(error instanceof ConnectorError) || !HIDDEN.has(error.code)) {
      throw error;
    }
    const because =
      'it may not be read, so that costs rest on task times alone; grant use schema, select on schema system.billing';
    return { rates: before, bad: [{ where: 'system.billing.usage', because }] };
  }
}

/** The hour up to which use was billed at this moment. */
function billedAt(moment: EpochMs): EpochMs {
  return Math.floor((moment - BILLED_MS) / HOUR_MS) * HOUR_MS;
}

const STATUS: Readonly<Record<string, HistoryRow['status']>> = {
  FINISHED: 'success',
  FAILED: 'failed',
  CANCELED: 'cancelled',
};

function readGroup(
  row: readonly Cell[],
  { cutAt, rates }: { readonly cutAt: number; readonly rates: Rates },
): HourlyGroup {
  const [hour, hash, form, user, runAs, client, tags, status, cached] = row;
  const [runs, taskMs, ms, bytes, lastEnd, sample, longest, warehouse] = row.slice(9);
  const rate = rates[cellText(warehouse)] ?? 1;
  const unreadable = unreadableBecause({ hash, form, isCut: Number(longest) >= cutAt });
  return {
    hour: Number(hour),
    key: digestOf([hash, form, user, runAs, client, tags, status, cached, warehouse]).slice(0, 12),
    hash: unreadable === undefined ? cellText(hash) : undefined,
    ...(unreadable === undefined ? {} : { unreadable }),
    ...(hash !== null && form === 'script' ? { isToldByOthers: true as const } : {}),
    sample: cellText(sample),
    counts: [Number(runs), Number(taskMs ?? 0) * rate, Number(ms ?? 0), Number(bytes ?? 0)],
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
  form,
  isCut,
}: {
  readonly hash: Cell | undefined;
  readonly form: Cell | undefined;
  readonly isCut: boolean;
}): string | undefined {
  if (hash === null) {
    return `they are beyond the ${GROUPS_AN_HOUR} dearest groups of their hour`;
  }
  if (form === 'empty') {
    return 'their text is empty, as with keys of the customer’s own';
  }
  if (form === 'script') {
    return 'they are scripts, which do what other statements say';
  }
  return isCut ? 'their text was cut' : undefined;
}
