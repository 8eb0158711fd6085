import type pg from 'pg';

/** What the server, the database or the role limits sessions to before we set anything, in milliseconds; 0 is no limit. */
export interface OwnLimits {
  readonly statementMs: number;
  readonly idleInTransactionMs: number;
}

/**
 * Asked on a new connection: whoever runs the server may have given our role less time than we would take. Nothing limits this one
 * but the time a connection may take.
 */
export async function readOwnLimits(
  client: pg.ClientBase,
  connectTimeoutMs: number,
): Promise<OwnLimits> {
  const asked = {
    text: `select s.name, s.setting from pg_catalog.pg_settings as s
where s.name in ('statement_timeout', 'idle_in_transaction_session_timeout')`,
    query_timeout: connectTimeoutMs,
  } satisfies pg.QueryConfig & { readonly query_timeout: number };
  const { rows } = await client.query<{ readonly name: string; readonly setting: string }>(asked);
  const told = new Map(rows.map(({ name, setting }) => [name, Number(setting)]));
  return {
    statementMs: told.get('statement_timeout') ?? 0,
    idleInTransactionMs: told.get('idle_in_transaction_session_timeout') ?? 0,
  };
}
