import type { DuckDBConnection } from '@duckdb/node-api';
import { sourcesOf } from './bigquery-kept-rules.ts';
import { GoogleSqlError } from './bigquery-sql.ts';
import type { Changes } from './changes.ts';

/** A materialized view: a view here, with its rows as of its last refresh beside it. */
interface Kept {
  readonly schema: string;
  readonly name: string;
  /** What a refresh runs, as DuckDB takes it. */
  readonly query: string;
  /** As it was typed. */
  readonly definition: string;
  /** One of its sources was made after it, or is gone. */
  readonly isLost: boolean;
}

const REFRESH = /\bcall\s+bq\.refresh_materialized_view\s*\(\s*'([^']+)'\s*\)/i;

/**
 * Materialized views as the service answers from them: from the rows of the last refresh while nothing changed since, else from
 * the tables themselves; statements that hold a view's whole definition are answered from it, too. Within a transaction none of
 * that happens. One whose source was made anew answers nobody.
 */
export class KeptViews {
  readonly #changes: Changes;
  /** What its sources were when it was refreshed last. */
  readonly #refreshed = new Map<string, string>();

  constructor(changes: Changes) {
    this.#changes = changes;
  }

  /** Does what a CALL asks for. */
  async refresh(connection: DuckDBConnection, sql: string): Promise<void> {
    const asked = REFRESH.exec(sql)?.[1];
    const [schema, name] = asked?.split('.').slice(-2) ?? [];
    const all = await keptIn(connection);
    const kept = all.find((each) => each.schema === schema && each.name === name);
    if (kept === undefined) {
      throw new GoogleSqlError(`Materialized view ${asked ?? ''} is not found`);
    }
    requireSources(kept);
    await connection.run(`create or replace table ${rowsOf(kept)} as ${kept.query}`);
    this.#refreshed.set(rowsOf(kept), this.#stateOf(kept));
  }

  /** The statement with what the service reads in the place of what it names. */
  async answering(
    connection: DuckDBConnection,
    { sql, isInTransaction }: { readonly sql: string; readonly isInTransaction: boolean },
  ): Promise<string> {
    const all = await keptIn(connection);
    if (all.length === 0) {
      return sql;
    }
    let text = sql;
    for (const [schema, name, definition] of await viewsIn(connection)) {
      if (all.some((kept) => refersTo(kept).test(definition))) {
        text = text.replaceAll(
          refersTo({ schema, name }),
          (_all, before) => `${before}(${definition})`,
        );
      }
    }
    for (const kept of all) {
      if (refersTo(kept).test(text)) {
        requireSources(kept);
      }
      if (!isInTransaction && this.#refreshed.get(rowsOf(kept)) === this.#stateOf(kept)) {
        const rows = `\`kept\`.\`${kept.schema}__${kept.name}\``;
        text = text
          .replaceAll(refersTo(kept), (_all, before) => `${before}${rows}`)
          .replaceAll(kept.definition, `select * from ${rows}`);
      }
    }
    return text === sql ? sql : text;
  }

  #stateOf({ definition }: Kept): string {
    return sourcesOf(definition)
      .map((source) => this.#changes.lastOf(source))
      .join();
  }
}

function requireSources({ isLost, schema, name }: Kept): void {
  if (isLost) {
    throw new GoogleSqlError(
      `Materialized view ${schema}.${name} references a table that was deleted and made again`,
    );
  }
}

function rowsOf({ schema, name }: Pick<Kept, 'schema' | 'name'>): string {
  return `kept."${schema}__${name}"`;
}

function refersTo({ schema, name }: Pick<Kept, 'schema' | 'name'>): RegExp {
  return new RegExp(
    `(\\b(?:from|join)\\s+)(?:\`[\\w-]+\`\\.)?\`?${schema}\`?\\.\`?${name}\`?(?![\\w\`.])`,
    'gi',
  );
}

async function keptIn(connection: DuckDBConnection): Promise<readonly Kept[]> {
  const found = await connection.runAndReadAll(
    `select m.table_schema, m.table_name, m.query, m.definition, m.made from bq_info.recorded_materialized as m`,
  );
  if (found.currentRowCount === 0) {
    return [];
  }
  const anew = await connection.runAndReadAll(
    'select table_schema, table_name, made from bq_info.recorded_makings',
  );
  const there = await connection.runAndReadAll(
    "select lower(schema_name || '.' || table_name) from duckdb_tables()",
  );
  const tables = new Set(there.getRows().map(([name]) => name));
  return found.getRows().map(([schema, name, query, definition, made]) => ({
    schema: String(schema),
    name: String(name),
    query: String(query),
    definition: String(definition),
    isLost:
      sourcesOf(String(definition)).some((source) => !tables.has(source)) ||
      anew
        .getRows()
        .some(
          ([of, table, at]) =>
            Number(at) > Number(made) &&
            sourcesOf(String(definition)).includes(`${String(of)}.${String(table)}`.toLowerCase()),
        ),
  }));
}

async function viewsIn(
  connection: DuckDBConnection,
): Promise<readonly (readonly [schema: string, name: string, definition: string])[]> {
  const found = await connection.runAndReadAll(
    'select table_schema, table_name, view_definition from bq_info.recorded_views',
  );
  return found
    .getRows()
    .map(([schema, name, definition]) => [String(schema), String(name), String(definition)]);
}
