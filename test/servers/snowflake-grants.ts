import type { DuckDBConnection } from '@duckdb/node-api';
import { upperCased } from './snowflake-sql.ts';

const DATABASE = 'SHOP';
const OWN = `"${DATABASE}"."SNOW_INFORMATION"`;

/** Which database role of the account shows which of its views. */
const SHOWN_BY: Readonly<Record<string, RegExp>> = {
  GOVERNANCE_VIEWER: /\bACCOUNT_USAGE\.(QUERY_HISTORY|POLICY_REFERENCES|TAG_REFERENCES)\b/,
  USAGE_VIEWER:
    /\bACCOUNT_USAGE\.(QUERY_ATTRIBUTION_HISTORY|WAREHOUSE_METERING_HISTORY|MATERIALIZED_VIEW_REFRESH_HISTORY)\b/,
  SECURITY_VIEWER: /\bACCOUNT_USAGE\.SESSIONS\b/,
  OBJECT_VIEWER: /\bACCOUNT_USAGE\.OBJECT_DEPENDENCIES\b/,
  ORGANIZATION_BILLING_VIEWER: /\bORGANIZATION_USAGE\.RATE_SHEET_DAILY\b/,
};

const SCHEMA_PRIVILEGES = [
  'USAGE',
  'CREATE TABLE',
  'CREATE VIEW',
  'CREATE DYNAMIC TABLE',
  'CREATE MATERIALIZED VIEW',
];

/** Kept in the world's own tables, so that its information schema tells them: on a schema, on relations, and on those to come. */
export const GRANT_STATEMENTS: readonly string[] = [
  `create table ${OWN}.own_future_grants (privilege varchar, kind varchar, schema_name varchar, grantee varchar)`,
];

interface Grant {
  readonly isRevoked: boolean;
  readonly privilege: string;
  readonly on: string;
  readonly to: string;
}

/**
 * The grants of an account, where it has been given some: what is not granted is denied then. Before that everybody may do
 * everything.
 */
export class Grants {
  /** `USAGE ON WAREHOUSE X TO Y` and the like: what no table of the world keeps. */
  readonly #held = new Set<string>();
  #isGiven = false;

  /** An administrator's statements, as they stand in a file. */
  async carryOut(connection: DuckDBConnection, file: string): Promise<void> {
    const statements = statementsOf(file);
    for (const sql of statements) {
      const schema = /^CREATE SCHEMA IF NOT EXISTS (?:\w+\.)?(\w+)$/.exec(sql)?.[1];
      if (schema !== undefined) {
        await connection.run(`create schema if not exists "${DATABASE}"."${schema}"`);
      }
    }
    if (!this.#isGiven) {
      this.#isGiven = true;
      await connection.run(
        `insert into ${OWN}.own_schema_revokes select s.schema_name, p.privilege
from duckdb_schemas() as s, (values ${SCHEMA_PRIVILEGES.map((privilege) => `('${privilege}')`).join(', ')}) as p(privilege)
where s.database_name = '${DATABASE}'`,
      );
    }
    for (const grant of statements.flatMap(grantsIn)) {
      await this.#take(connection, grant);
    }
  }

  async #take(connection: DuckDBConnection, grant: Grant): Promise<void> {
    const { isRevoked, privilege, on, to } = grant;
    const [, future, kind = '', schema = ''] =
      /^(ALL|FUTURE) (.+)S IN SCHEMA (?:\w+\.)?(\w+)$/.exec(on) ?? [];
    const onSchema = /^SCHEMA (?:\w+\.)?(\w+)$/.exec(on)?.[1];
    if (onSchema !== undefined) {
      await change(connection, {
        isRevoked,
        table: 'own_schema_grants',
        row: { schema_name: onSchema, privilege, grantee: to },
      });
    } else if (future === 'FUTURE') {
      await change(connection, {
        isRevoked,
        table: 'own_future_grants',
        row: { privilege, kind, schema_name: schema, grantee: to },
      });
    } else if (future === 'ALL') {
      for (const name of await namesIn(connection, { schema, kind })) {
        await change(connection, {
          isRevoked,
          table: 'own_grants',
          row: { grantee: to, privilege, schema_name: schema, object_name: name },
        });
      }
    } else {
      const key = keyOf(grant);
      if (isRevoked) {
        this.#held.delete(key);
      } else {
        this.#held.add(key);
      }
    }
  }

  /** The statement as it is for who may not see everything, or the object it is denied. */
  asSeenBy(
    { user, role }: { readonly user: string; readonly role: string },
    sql: string,
  ): { readonly sql: string } | { readonly denied: string } {
    if (!this.#isGiven) {
      return { sql };
    }
    const holds = (privilege: string, on: string) =>
      this.#held.has(keyOf({ privilege, on, to: role }));
    const shown = Object.entries(SHOWN_BY).find(
      ([viewer, views]) => views.test(sql) && !holds('DATABASE ROLE', `SNOWFLAKE.${viewer}`),
    );
    if (shown !== undefined) {
      return { denied: shown[1].exec(sql)?.[0] ?? '' };
    }
    const isInRole = this.#held.has(keyOf({ privilege: 'ROLE', on: role, to: user }));
    const seen = `select schema_name from ${OWN}.own_schema_grants where grantee = '${role}'`;
    const usable = `${seen} and privilege = 'USAGE'`;
    const owned = `select (schema_name, object_name) from ${OWN}.own_owners where owner = '${role}'
union all select (schema_name, object_name) from ${OWN}.own_grants where grantee = '${role}'`;
    return {
      sql: sql
        .replaceAll(/\bCURRENT_ROLE\(\)/g, isInRole ? `'${role}'` : "'PUBLIC'")
        .replaceAll(
          /\bCURRENT_WAREHOUSE\(\)/g,
          holds('USAGE', 'WAREHOUSE GOLDSMITH_WH') ? "'GOLDSMITH_WH'" : 'null',
        )
        .replaceAll(
          /\bcurrent_database\(\)/gi,
          holds('USAGE', `DATABASE ${DATABASE}`) ? `'${DATABASE}'` : 'null',
        )
        .replaceAll(
          /\bSNOW_INFORMATION\.SCHEMATA\b/g,
          `(select * from SNOW_INFORMATION."SCHEMATA" where schema_name in (${seen}))`,
        )
        .replaceAll(
          /\bDYNAMIC_TABLES\(([^()]*)\)/g,
          `(select * from DYNAMIC_TABLES($1) where (schema_name, name) in (${owned} and privilege = 'MONITOR'))`,
        )
        .replaceAll(
          /\bSNOW_INFORMATION\.TABLES\b/g,
          `(select * from SNOW_INFORMATION."TABLES" where table_schema in (${usable}) and (table_schema, table_name) in (${owned}))`,
        ),
    };
  }

  /** What was granted on relations to come is granted on one that came. */
  async came(
    connection: DuckDBConnection,
    {
      schema,
      name,
      kind,
    }: { readonly schema: string; readonly name: string; readonly kind: string },
  ): Promise<void> {
    if (this.#isGiven) {
      await connection.run(
        `insert into ${OWN}.own_grants select grantee, privilege, schema_name, '${name}' from ${OWN}.own_future_grants
where schema_name = '${schema}' and kind = '${kind}'`,
      );
    }
  }

  /** SHOW FUTURE GRANTS TO ROLE: columns as Snowflake names them; absent where nobody is told. */
  futureOf(role: string): string | undefined {
    return this.#isGiven
      ? `select privilege as "privilege", replace(kind, ' ', '_') as "grant_on", '${DATABASE}.' || schema_name || '.<' || kind || '>' as "name"
from ${OWN}.own_future_grants where grantee = '${role}'`
      : undefined;
  }

  /** Whether objects may be made and used in the schema at all. */
  async mayUse(
    connection: DuckDBConnection,
    { role, schema }: { readonly role: string; readonly schema: string },
  ): Promise<boolean> {
    const found = await connection.runAndReadAll(
      `select 1 from ${OWN}.own_schema_grants where schema_name = '${schema}' and privilege = 'USAGE' and grantee = '${role}'`,
    );
    return !this.#isGiven || found.getRows().length > 0;
  }

  /** Whether it may see how a dynamic table is kept. */
  async mayMonitor(
    connection: DuckDBConnection,
    {
      role,
      schema,
      name,
    }: { readonly role: string; readonly schema: string; readonly name: string },
  ): Promise<boolean> {
    const own = `schema_name = '${schema}' and object_name = '${name}'`;
    const found = await connection.runAndReadAll(
      `select 1 from ${OWN}.own_grants where ${own} and privilege = 'MONITOR' and grantee = '${role}'
union all select 1 from ${OWN}.own_owners where ${own} and owner = '${role}'`,
    );
    return !this.#isGiven || found.getRows().length > 0;
  }
}

async function namesIn(
  connection: DuckDBConnection,
  { schema, kind }: { readonly schema: string; readonly kind: string },
): Promise<readonly string[]> {
  const [from, name] =
    kind === 'VIEW' ? ['duckdb_views()', 'view_name'] : ['duckdb_tables()', 'table_name'];
  const found = await connection.runAndReadAll(
    `select ${name} from ${from} where database_name = '${DATABASE}' and schema_name = '${schema}'`,
  );
  return found.getRows().map(([each]) => String(each));
}

async function change(
  connection: DuckDBConnection,
  {
    isRevoked,
    table,
    row,
  }: {
    readonly isRevoked: boolean;
    readonly table: string;
    readonly row: Readonly<Record<string, string>>;
  },
): Promise<void> {
  const columns = Object.keys(row);
  await connection.run(
    `delete from ${OWN}.${table} where ${columns.map((column) => `${column} = '${row[column]}'`).join(' and ')}`,
  );
  if (!isRevoked) {
    await connection.run(
      `insert into ${OWN}.${table} (${columns.join(', ')}) values (${columns.map((column) => `'${row[column]}'`).join(', ')})`,
    );
  }
}

function statementsOf(file: string): readonly string[] {
  return file
    .replaceAll(/--.*$/gm, '')
    .split(';')
    .map((sql) => upperCased(sql).replaceAll('"', '').trim().replaceAll(/\s+/g, ' '))
    .filter((sql) => sql !== '');
}

/** One for each privilege. */
function grantsIn(sql: string): readonly Grant[] {
  const asRole = /^(GRANT|REVOKE) (DATABASE ROLE|ROLE) (\S+) (?:TO|FROM) (?:ROLE|USER) (\S+)$/.exec(
    sql,
  );
  if (asRole !== null) {
    const [, verb, privilege = '', on = '', to = ''] = asRole;
    return [{ isRevoked: verb === 'REVOKE', privilege, on, to }];
  }
  const [, verb, privileges = '', on = '', to = ''] =
    /^(GRANT|REVOKE) (.+?) ON (.+) (?:TO|FROM) ROLE (\S+)(?: COPY CURRENT GRANTS)?$/.exec(sql) ??
    [];
  return privileges
    .split(', ')
    .filter((privilege) => privilege !== '')
    .map((privilege) => ({ isRevoked: verb === 'REVOKE', privilege, on, to }));
}

function keyOf({ privilege, on, to }: Pick<Grant, 'privilege' | 'on' | 'to'>): string {
  return `${privilege} ON ${on} TO ${to}`;
}
