import { type EpochMs, HOUR_MS } from '../../base/clock.ts';
import { sha256 } from '../../base/digest.ts';
import { cellText } from '../cell-text.ts';
import type { CallOptions, Connector } from '../connector.ts';
import { countsAndTexts } from '../history/counts-and-texts.ts';
import { HourlyHistory } from '../history/hourly-history.ts';
import type { Rates } from '../history/hourly-position.ts';
import type { HourlyGroup, HourlyStatements } from '../history/hourly-statements.ts';
import type { HistoryQuestion } from '../history-row.ts';
import { creditsPerHour } from './credits.ts';
import { isHidden } from './hidden.ts';
import { readGroup, restsOf } from './history-group.ts';
import {
  attributedSql,
  countsSql,
  creditsSql,
  groupsSql,
  textsSql,
  workSql,
} from './history-sql.ts';
import { USED_CREDITS } from './idle-credits.ts';

export interface QueryHistoryParts {
  readonly name: string;
  /** `SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY`, or a customer's own view or copy with its columns, as SQL writes it. */
  readonly relation: string;
  /** Where credits are attributed to statements, some hours later. */
  readonly attribution: string;
  /** Where the client applications of sessions are told, up to three hours late. Absent: no client is told. */
  readonly sessions?: string | undefined;
  /** How late the history may be: an hour is closed when it ended so long ago. */
  readonly latencyMs: number;
  /** How far back the first look goes. */
  readonly lookbackMs: number;
  /** A text of this many characters was cut, and is not mined. */
  readonly cutAt: number;
  readonly connector: Connector;
  readonly now: () => EpochMs;
}

/** Kinds told of an hour at most. */
const MOST_KINDS = 5_000;
/** Sessions are told by then. */
const SESSIONS_MS = 3 * HOUR_MS;
/** Attributed credits are complete by then. */
const ATTRIBUTED_MS = 9 * HOUR_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * The account's query history, hour by closed hour: counted by the native hash in the account, which only groups; Goldsmith's own
 * fingerprint decides. Costs are milliseconds of a warehouse of one credit an hour: of an hour for which the account has attributed
 * credits to statements, these; before that by the share of the warehouse each run used and the day's rate of its warehouse, set right,
 * run by run, when they are complete.
 */
export function openQueryHistory(parts: QueryHistoryParts): HourlyHistory {
  const { name, lookbackMs, sessions, cutAt, now } = parts;
  // A group whose client is told later would be another one, and its runs be told twice.
  const latencyMs = Math.max(parts.latencyMs, sessions === undefined ? 0 : SESSIONS_MS);
  return new HourlyHistory({
    name,
    statements: statementsOf(parts),
    latencyMs,
    lookbackMs,
    cutAt,
    now,
  });
}

function statementsOf(parts: QueryHistoryParts): HourlyStatements {
  const { connector, relation, attribution, sessions } = parts;
  const asked = { most: MOST_KINDS, sessions };
  const tellsClients = sessions !== undefined;
  const purpose = 'history';
  return {
    grouping: sha256(groupsSql({ relation, from: 0, to: 0 }, asked)),
    async groups(hours, { signal, rates, isSettled = false }) {
      const span = { relation, ...hours };
      const estimated = groupsSql(span, asked);
      const read = async (sql: string) => {
        const groups: HourlyGroup[] = [];
        const hourRuns = new Map<EpochMs, number>();
        for await (const rows of connector.stream(sql, { purpose, signal })) {
          for (const row of rows) {
            groups.push(readGroup(row, { rates, tellsClients }));
            hourRuns.set(Number(row[0]), Number(row[19]));
          }
        }
        return [...groups, ...restsOf(groups, hourRuns)];
      };
      return isSettled
        ? await orIfHidden(
            () => read(attributedSql(span, { ...asked, attribution })),
            () => read(estimated),
          )
        : await read(estimated);
    },
    settledAfterMs: ATTRIBUTED_MS,
    ...countsAndTexts(connector, {
      counts: (hours) => countsSql({ relation, ...hours }),
      texts: (ids, hours) => textsSql({ relation, ...hours }, ids),
    }),
    rates: (before, { signal }) => creditRates(parts, { before, options: { purpose, signal } }),
    rateQuestions: rateQuestions(parts),
  };
}

/** What costs rest on, each question by itself; and what of the bill is in none of them. */
function rateQuestions({
  connector,
  relation,
  attribution,
}: QueryHistoryParts): readonly HistoryQuestion[] {
  const hour = { from: 0, to: HOUR_MS };
  const ask = (sql: string): HistoryQuestion['ask'] => {
    return ({ signal }) => connector.query(sql, { purpose: 'history', signal });
  };
  return [
    {
      kind: 'read credits that were attributed',
      otherwise: 'costs rest on execution times alone without it',
      ask: ask(creditsSql({ relation: attribution, ...hour })),
    },
    { kind: 'read the work of each warehouse', ask: ask(workSql({ relation, ...hour })) },
    {
      kind: 'read credits of warehouses',
      otherwise: 'nobody is told how many were idle without it',
      ask: ask(USED_CREDITS),
    },
  ];
}

/** Attributed credits over those the execution times would make, by warehouse, in the last day for which they are complete. */
async function creditRates(
  { connector, relation, attribution, now }: QueryHistoryParts,
  { before, options }: { readonly before: Rates; readonly options: CallOptions },
) {
  const to = hourOf(now() - ATTRIBUTED_MS);
  const from = to - DAY_MS;
  try {
    const credits = await connector.query(creditsSql({ relation: attribution, from, to }), options);
    const work = await connector.query(workSql({ relation, from, to }), options);
    const expected = new Map<string, number>();
    for (const [warehouse, size, ms] of work.rows) {
      const name = cellText(warehouse);
      const hours = Number(ms) / HOUR_MS;
      expected.set(name, (expected.get(name) ?? 0) + hours * creditsPerHour(cellText(size)));
    }
    const rates = credits.rows.flatMap(([warehouse, told]) => {
      const name = cellText(warehouse);
      const would = expected.get(name) ?? 0;
      return would > 0 && Number(told) > 0 ? [[name, Number(told) / would] as const] : [];
    });
    return { rates: { ...before, ...Object.fromEntries(rates) }, bad: [] };
  } catch (error) {
    if (!isHidden(error)) {
      throw error;
    }
    const because =
      'it may not be read, so that costs rest on execution times alone; grant SNOWFLAKE.USAGE_VIEWER';
    return { rates: before, bad: [{ where: attribution, because }] };
  }
}

/** Who may not read attributed credits is told so once a day, with the rates. */
async function orIfHidden<T>(told: () => Promise<T>, otherwise: () => Promise<T>): Promise<T> {
  try {
    return await told();
  } catch (error) {
    if (!isHidden(error)) {
      throw error;
    }
    return await otherwise();
  }
}

function hourOf(at: EpochMs): EpochMs {
  return Math.floor(at / HOUR_MS) * HOUR_MS;
}
