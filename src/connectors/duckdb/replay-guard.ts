import type { DuckDBConnection } from '@duckdb/node-api';
import { ConnectorError } from '../connector-error.ts';

/**
 * Refuses what a replayed statement of a stranger must not do (rule 15), read from DuckDB's own parser before anything is
 * bound: it must be one SELECT, of DuckDB's own functions, without side effects, over catalog relations only.
 *
 * This holds for an embedded instance too, whose external access is the application's to switch. What a view of the
 * warehouse itself reads (a Parquet file, say) is the warehouse's own choice and allowed.
 */
export class ReplayGuard {
  readonly #name: string;
  #ownFunctions: Promise<ReadonlySet<string>> | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  /** Raises CONNECTOR_UNSAFE_REPLAY with the reason. */
  async check(connection: DuckDBConnection, sql: string): Promise<void> {
    const tree = await serialize(connection, sql);
    this.#ownFunctions ??= readOwnFunctions(connection);
    const because = whyUnsafe(tree, await this.#ownFunctions);
    if (because !== undefined) {
      const addition = `it ${because}`;
      throw new ConnectorError('CONNECTOR_UNSAFE_REPLAY', this.#name, { addition });
    }
  }
}

/** Table functions that only make rows out of their arguments. */
const TABLE_FUNCTIONS = new Set([
  'range',
  'generate_series',
  'unnest',
  'repeat',
  'repeat_row',
  'json_each',
  'json_tree',
]);

/** DuckDB's own functions with an effect, or that run text as SQL; reading a clock or a random number is none. */
const SIDE_EFFECTS = new Set([
  'nextval',
  'setseed',
  'write_log',
  'sleep_ms',
  'error',
  'getenv',
  'query',
  'query_table',
  'json_execute_serialized_sql',
  'set_config',
]);

/** `from data.parquet` and `from 'data.parquet'` read files when no relation has that name. */
const FILE_NAME =
  /[/\\:*?]|\.(csv|tsv|txt|parquet|json|jsonl|ndjson|gz|zst|xlsx|db|duckdb|ddb|arrow|avro)$/i;

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

async function serialize(connection: DuckDBConnection, sql: string): Promise<Json> {
  const quoted = `'${sql.replaceAll("'", "''")}'`;
  const reader = await connection.runAndReadAll(`select json_serialize_sql(${quoted})::varchar`);
  return JSON.parse(String(reader.value(0, 0))) as Json;
}

async function readOwnFunctions(connection: DuckDBConnection): Promise<ReadonlySet<string>> {
  const reader = await connection.runAndReadAll(
    'select distinct lower(function_name) from duckdb_functions() where internal',
  );
  return new Set(reader.getRows().map(([name]) => String(name)));
}

function whyUnsafe(tree: Json, ownFunctions: ReadonlySet<string>): string | undefined {
  const { error, statements } = fieldsOf(tree);
  if (error !== false) {
    return 'must be a SELECT that the warehouse can parse';
  }
  if (!Array.isArray(statements) || statements.length !== 1) {
    return 'must be exactly one SELECT';
  }
  return whyUnsafeNode(statements, ownFunctions);
}

function whyUnsafeNode(
  node: Json | undefined,
  ownFunctions: ReadonlySet<string>,
): string | undefined {
  if (typeof node !== 'object' || node === null) {
    return undefined;
  }
  if (Array.isArray(node)) {
    return firstReason(node, ownFunctions);
  }
  const fields = fieldsOf(node);
  if (fields['type'] === 'TABLE_FUNCTION') {
    const called = fieldsOf(fields['function']);
    const name = textOf(called['function_name']).toLowerCase();
    return TABLE_FUNCTIONS.has(name)
      ? whyUnsafeNode(called['children'], ownFunctions)
      : `may not call the table function ${name}`;
  }
  if (fields['type'] === 'BASE_TABLE' && isFileName(fields)) {
    return 'may not read a file';
  }
  return (
    whyUnsafeFunction(fields, ownFunctions) ?? firstReason(Object.values(fields), ownFunctions)
  );
}

function whyUnsafeFunction(
  { function_name: name }: Readonly<Record<string, Json>>,
  ownFunctions: ReadonlySet<string>,
): string | undefined {
  if (typeof name !== 'string') {
    return undefined;
  }
  const lowered = name.toLowerCase();
  if (SIDE_EFFECTS.has(lowered)) {
    return `may not call ${lowered}, which does more than compute`;
  }
  return ownFunctions.has(lowered)
    ? undefined
    : `may not call ${lowered}, which is not one of the warehouse's own functions`;
}

function isFileName({
  catalog_name,
  schema_name,
  table_name,
}: Readonly<Record<string, Json>>): boolean {
  const full = [catalog_name, schema_name, table_name].map(textOf).filter(Boolean).join('.');
  return FILE_NAME.test(full);
}

function firstReason(
  nodes: readonly Json[],
  ownFunctions: ReadonlySet<string>,
): string | undefined {
  for (const node of nodes) {
    const because = whyUnsafeNode(node, ownFunctions);
    if (because !== undefined) {
      return because;
    }
  }
  return undefined;
}

function fieldsOf(node: Json | undefined): Readonly<Record<string, Json>> {
  return typeof node === 'object' && node !== null && !Array.isArray(node)
    ? (node as Readonly<Record<string, Json>>)
    : {};
}

function textOf(node: Json | undefined): string {
  return typeof node === 'string' ? node : '';
}
