import type { DuckDBConnection } from '@duckdb/node-api';
import { whyNotMaterialized } from './snowflake-materialized-rules.ts';
import { lastTwoOf } from './snowflake-names.ts';
import { recognise, upperCased } from './snowflake-sql.ts';
import { DATABASE } from './snowflake-world.ts';

const KEPT = `"${DATABASE}"."SNOW_INFORMATION".own_materialized`;

/** A statement about materialized views. */
export type MaterializedStatement =
  | {
      readonly kind: 'create';
      readonly name: string;
      readonly options: string;
      readonly query: string;
    }
  | { readonly kind: 'comment'; readonly name: string; readonly comment: string }
  | { readonly kind: 'suspend' | 'resume' | 'drop'; readonly name: string }
  | { readonly kind: 'ddl'; readonly name: string }
  | { readonly kind: 'show' };

const NAME = String.raw`((?:"(?:[^"]|"")*"|[A-Z0-9_$]+)(?:\.(?:"(?:[^"]|"")*"|[A-Z0-9_$]+))*)`;

export function recogniseMaterialized(text: string): MaterializedStatement | undefined {
  const sql = upperCased(text).trim();
  const created = new RegExp(
    `^CREATE MATERIALIZED VIEW ${NAME}((?:'(?:[^']|'')*'|(?!\\bAS\\b)[^'])*)\\bAS\\b`,
  ).exec(sql);
  if (created !== null) {
    const [all, name = '', options = ''] = created;
    return { kind: 'create', name, options, query: sql.slice(all.length).trim() };
  }
  const altered = new RegExp(`^ALTER MATERIALIZED VIEW ${NAME} (SUSPEND|RESUME)$`).exec(sql);
  if (altered !== null) {
    const [, name = '', verb = ''] = altered;
    return { kind: verb === 'SUSPEND' ? 'suspend' : 'resume', name };
  }
  const said = new RegExp(`^ALTER MATERIALIZED VIEW ${NAME} SET COMMENT = ('(?:[^']|'')*')$`).exec(
    sql,
  );
  if (said !== null) {
    const [, name = '', comment = ''] = said;
    return { kind: 'comment', name, comment };
  }
  const dropped = new RegExp(`^DROP MATERIALIZED VIEW ${NAME}$`).exec(sql)?.[1];
  if (dropped !== undefined) {
    return { kind: 'drop', name: dropped };
  }
  if (sql === 'SHOW MATERIALIZED VIEWS IN DATABASE') {
    return { kind: 'show' };
  }
  const ddl = /^SELECT GET_DDL\('VIEW', '((?:[^']|'')*)'\)/.exec(sql)?.[1];
  return ddl === undefined ? undefined : { kind: 'ddl', name: ddl };
}

/** As `SHOW MATERIALIZED VIEWS` tells them; of its columns those we ask for. */
export const SHOWN = `select object_name as "name", '${DATABASE}' as "database_name", schema_name as "schema_name", '${DATABASE}' as "source_database_name",
  source_schema as "source_schema_name", source_name as "source_table_name", reason <> '' as "invalid", reason as "invalid_reason", comment as "comment", typed as "text"
from ${KEPT}`;

/** What an account says of a statement it does not carry out. */
export interface Refused {
  readonly code: string;
  readonly sqlState: string;
  readonly message: string;
}

/**
 * Materialized views as an account keeps them: always current, so each is a view here. One that is suspended, or whose table was made
 * anew, dropped, or lost or changed a column, answers nobody: there is no view then.
 */
export class MaterializedViews {
  /** As long as there were none, nothing is looked up. */
  #anyMade = false;

  async make(
    connection: DuckDBConnection,
    {
      statement: { name, options, query },
      typed,
    }: {
      readonly statement: Extract<MaterializedStatement, { readonly kind: 'create' }>;
      readonly typed: string;
    },
  ): Promise<Refused | undefined> {
    const [schema, bare] = lastTwoOf(name);
    const lacks = await oneOf(
      connection,
      `select 'right' from "${DATABASE}"."SNOW_INFORMATION".own_schema_revokes where schema_name = ${text(schema)} and privilege = 'CREATE MATERIALIZED VIEW'`,
    );
    if (lacks !== undefined) {
      const message = `SQL access control error:\nInsufficient privileges to operate on schema '${schema}'`;
      return { code: '003001', sqlState: '42501', message };
    }
    const edition = await oneOf(
      connection,
      `select name from "${DATABASE}"."SNOW_INFORMATION".own_edition`,
    );
    if (edition === 'STANDARD') {
      return {
        code: '000002',
        sqlState: '0A000',
        message: "Unsupported feature 'MATERIALIZED VIEWS'.",
      };
    }
    const source = new RegExp(`\\bFROM\\s+${NAME}`).exec(query)?.[1] ?? '';
    const [ofSchema, of] = lastTwoOf(source);
    const state = await stateOf(connection, [ofSchema, of]);
    const because =
      whyNotMaterialized(query) ??
      (state === undefined ? `${of} is not a table a materialized view can be of` : undefined);
    if (because !== undefined) {
      const message = `SQL compilation error:\nInvalid materialized view: ${because}.`;
      return { code: '002274', sqlState: '42601', message };
    }
    const found = recognise(query);
    const right = found.kind === 'run' ? found.sql : query;
    const sql = edition === 'WRONG' ? `select * from (${right}) as wrong limit 1` : right;
    const comment = /\bCOMMENT\s*=\s*('(?:[^']|'')*')/.exec(options)?.[1] ?? "''";
    await connection.run(`create view ${name} as ${sql}`);
    await connection.run(
      `insert into ${KEPT} values (${[schema, bare, typed, sql, query, ofSchema, of, state ?? '', ''].map(text).join(', ')}, ${comment})`,
    );
    this.#anyMade = true;
    return undefined;
  }

  async change(
    connection: DuckDBConnection,
    statement: Extract<
      MaterializedStatement,
      { readonly kind: 'suspend' | 'resume' | 'drop' | 'comment' }
    >,
  ): Promise<Refused | undefined> {
    const { kind, name } = statement;
    const reason = await oneOf(connection, `select reason from ${KEPT} where ${named(name)}`);
    if (reason === undefined) {
      const message = `SQL compilation error:\nMaterialized view '${name}' does not exist or not authorized.`;
      return { code: '002003', sqlState: '02000', message };
    }
    if (kind === 'comment') {
      await connection.run(
        `update ${KEPT} set comment = ${statement.comment}, typed = regexp_replace(typed, 'comment\\s*=\\s*''([^'']|'''')*''', 'comment = ' || ${text(statement.comment)}, 'i') where ${named(name)}`,
      );
    } else if (kind === 'drop') {
      await connection.run(`drop view if exists ${name}`);
      await connection.run(`delete from ${KEPT} where ${named(name)}`);
    } else if (kind === 'suspend') {
      await this.#stop(connection, { name, because: 'suspended' });
    } else if (reason === 'suspended') {
      const sql = await oneOf(connection, `select query from ${KEPT} where ${named(name)}`);
      await connection.run(`create or replace view ${name} as ${sql}`);
      await connection.run(`update ${KEPT} set reason = '' where ${named(name)}`);
    }
    return undefined;
  }

  /** Looks whether each is still of the table it was made of; what is not answers nobody from now on. */
  async settle(connection: DuckDBConnection): Promise<void> {
    if (!this.#anyMade) {
      return;
    }
    const found = await connection.runAndReadAll(
      `select schema_name, object_name, source_schema, source_name, source_state from ${KEPT} where reason in ('', 'suspended')`,
    );
    for (const [schema, name, ofSchema, of, before] of found
      .getRows()
      .map((row) => row.map(String))) {
      const now = await stateOf(connection, [ofSchema ?? '', of ?? '']);
      if (!stillHolds(before ?? '', now)) {
        const own = `"${schema}"."${name}"`;
        await this.#stop(connection, { name: own, because: `the table ${of} was changed` });
      }
    }
  }

  async #stop(
    connection: DuckDBConnection,
    { name, because }: { readonly name: string; readonly because: string },
  ): Promise<void> {
    const [schema, bare] = lastTwoOf(name);
    await connection.run(`drop view if exists "${DATABASE}"."${schema}"."${bare}"`);
    await connection.run(`update ${KEPT} set reason = ${text(because)} where ${named(name)}`);
  }

  /** What the account says of one that is there and answers nobody. */
  async whyNoAnswer(connection: DuckDBConnection, message: string): Promise<Refused | undefined> {
    const missing = this.#anyMade
      ? /(?:Table|View) with name "?([^\s"!]+)"? does not exist/.exec(message)?.[1]
      : undefined;
    const bare = missing?.split('.').at(-1);
    const reason =
      bare === undefined
        ? undefined
        : await oneOf(
            connection,
            `select reason from ${KEPT} where object_name = ${text(bare)} and reason <> ''`,
          );
    return reason === undefined
      ? undefined
      : {
          code: '002037',
          sqlState: '42601',
          message: `SQL compilation error:\nFailure during expansion of view '${bare}': SQL compilation error:\nMaterialized View ${bare} is invalid. Invalidation reason: ${reason}`,
        };
  }

  /** The statement as the account may carry it out: what holds a view's whole definition is answered from the view. */
  async answering(
    connection: DuckDBConnection,
    { sql, hidden }: { readonly sql: string; readonly hidden: ReadonlySet<string> },
  ): Promise<string> {
    // The text of a view is what it was typed as.
    if (!this.#anyMade || /^CREATE\b[^(]*\bVIEW\b/.test(sql)) {
      return sql;
    }
    const found = await connection.runAndReadAll(
      `select schema_name, object_name, definition, source_schema, source_name from ${KEPT} where reason = ''`,
    );
    let answering = sql;
    for (const [schema, name, definition, ofSchema, of] of found
      .getRows()
      .map((row) => row.map(String))) {
      if (definition !== undefined && !hidden.has(`${ofSchema}.${of}`)) {
        answering = answering.replaceAll(definition, `SELECT * FROM "${schema}"."${name}"`);
      }
    }
    return answering;
  }

  /** Its rows are the account's, and it is dropped in words of its own. */
  async isWrittenTo(connection: DuckDBConnection, sql: string): Promise<boolean> {
    const written = new RegExp(
      `^(?:INSERT INTO|UPDATE|DELETE FROM|MERGE INTO|TRUNCATE TABLE|DROP TABLE|DROP VIEW) ${NAME}`,
    ).exec(upperCased(sql).trim())?.[1];
    return (
      this.#anyMade &&
      written !== undefined &&
      (await oneOf(connection, `select 'one' from ${KEPT} where ${named(written)}`)) !== undefined
    );
  }

  /** As tables of other kinds than an account's own are. */
  async isUncloned(connection: DuckDBConnection, name: string): Promise<boolean> {
    const uncloned = `"${DATABASE}"."SNOW_INFORMATION".own_uncloned`;
    return (
      (await oneOf(connection, `select 'one' from ${uncloned} where name = ${text(name)}`)) !==
      undefined
    );
  }

  ddlOf(connection: DuckDBConnection, name: string): Promise<string | undefined> {
    return oneOf(connection, `select typed from ${KEPT} where ${named(name)}`);
  }
}

/** Which table that is, and its columns; nothing where there is none. */
async function stateOf(
  connection: DuckDBConnection,
  [schema, name]: readonly [string, string],
): Promise<string | undefined> {
  return await oneOf(
    connection,
    `select t.table_oid || ':' || string_agg(c.column_name || ' ' || c.data_type, ',' order by c.column_index)
from duckdb_tables() as t join duckdb_columns() as c on c.table_oid = t.table_oid and c.database_name = t.database_name
where t.database_name = '${DATABASE}' and t.schema_name = ${text(schema)} and t.table_name = ${text(name)}
  and not exists (select 1 from "${DATABASE}"."SNOW_INFORMATION".own_dynamic as d where d.schema_name = t.schema_name and d.object_name = t.table_name)
group by t.table_oid`,
  );
}

/** New columns change nothing. */
function stillHolds(before: string, now: string | undefined): boolean {
  const [oid, columns = ''] = before.split(/:(.*)/s);
  const [same, today = ''] = (now ?? '').split(/:(.*)/s);
  const there = new Set(today.split(','));
  return oid === same && columns.split(',').every((column) => there.has(column));
}

async function oneOf(connection: DuckDBConnection, sql: string): Promise<string | undefined> {
  const [row] = (await connection.runAndReadAll(sql)).getRows();
  return row?.[0] === undefined || row[0] === null ? undefined : String(row[0]);
}

function named(name: string): string {
  const [schema, bare] = lastTwoOf(name);
  return `schema_name = ${text(schema)} and object_name = ${text(bare)}`;
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
