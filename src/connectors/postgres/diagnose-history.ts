import { cellText } from '../cell-text.ts';
import type { Finding, Needs } from '../connector.ts';
import { quoteName, quoteText } from '../quote.ts';
import { forgotSql, knownSql } from './counters-sql.ts';
import { diagnoseLog } from './diagnose-log.ts';
import { type Ask, bad, good, odd } from './findings.ts';

/** Whether the history is there, may be read, and tells what ran. */
export async function diagnoseHistory(
  ask: Ask,
  { needs, reader }: { readonly needs: Needs; readonly reader: string },
): Promise<readonly Finding[]> {
  if (needs.source === 'postgres-log') {
    return diagnoseLog(ask);
  }
  return needs.history === undefined
    ? []
    : [await counters(ask, needs.history, reader), ...(await forgets(ask, needs.history))];
}

async function counters(ask: Ask, history: string, reader: string): Promise<Finding> {
  // A name in a schema one may not enter is found by nobody, and yet it is there.
  const name = (history.split('.').at(-1) ?? history).replaceAll('"', '');
  const { rows } = await ask(`select to_regclass(${quoteText(history)}) is not null
    or exists (select from pg_catalog.pg_class where relname = ${quoteText(name)}),
  pg_has_role('pg_read_all_stats', 'usage')`);
  const [exists, mayRead] = rows[0] ?? [];
  if (exists !== true) {
    return bad(`${history} does not exist, so there is no history`, [
      `alter system set shared_preload_libraries = 'pg_stat_statements'; -- and restart the server`,
      'create extension pg_stat_statements;',
    ]);
  }
  return mayRead === true
    ? good(`the reader ${reader} sees everybody's statements`)
    : bad(`the reader ${reader} sees only its own statements in ${history}`, [
        `grant pg_monitor to ${quoteName(reader)};`,
      ]);
}

/** Nearly full: it makes room by a twentieth. */
const FULL = 0.9;

/** Counters that hold fewer entries than kinds of statement run lose those that run least. */
async function forgets(ask: Ask, history: string): Promise<readonly Finding[]> {
  const known = await ask(knownSql(history));
  const [, schema] = known.rows[0] ?? [];
  if (schema === null || schema === undefined) {
    return [];
  }
  const told = await ask(forgotSql(cellText(schema)));
  const [resetAt, forgot, most] = told.rows[0] ?? [];
  const { rows } = await ask(
    `select count(*)::float8 from ${quoteName(cellText(schema))}.pg_stat_statements(false)`,
  );
  if (!(Number(forgot) > 0 && Number(rows[0]?.[0]) >= Number(most) * FULL)) {
    return [];
  }
  return [
    odd(
      `pg_stat_statements holds ${cellText(most)} statements, and made room ${cellText(forgot)} times since ${cellText(resetAt)}: what it forgot between two looks lowers coverage`,
      [`alter system set pg_stat_statements.max = ${Number(most) * 4}; -- and restart the server`],
    ),
  ];
}
