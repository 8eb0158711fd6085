import type { DuckDBConnection } from '@duckdb/node-api';
import { Changes } from './changes.ts';
import { Grants } from './snowflake-grants.ts';
import { MaterializedViews } from './snowflake-materialized.ts';
import { lastTwoOf } from './snowflake-names.ts';
import { forgetPolicies } from './snowflake-policies.ts';
import type { Created } from './snowflake-sql.ts';
import { DATABASE } from './snowflake-world.ts';

const INFORMATION = `"${DATABASE}"."SNOW_INFORMATION"`;

/** What Snowflake keeps beside an object and DuckDB does not: its text as it was typed, its owner, its grants, its changes. */
export class ObjectKeeper {
  readonly changes = new Changes();
  readonly materialized = new MaterializedViews();
  readonly grants = new Grants();
  /** Statements with such a text are told that its object is not there, or not for them. */
  readonly denied = new Set<string>();

  /** A new object belongs to who made it, and has the grants it was given, unless they were copied; policies and tags are never. */
  async made(
    connection: DuckDBConnection,
    {
      created,
      role,
      kind = created.what,
    }: { readonly created: Created; readonly role: string; readonly kind?: string },
  ): Promise<void> {
    const [schema, name] = lastTwoOf(created.name);
    const own = `schema_name = ${text(schema)} and object_name = ${text(name)}`;
    await connection.run(`delete from ${INFORMATION}.own_owners where ${own}`);
    await connection.run(
      `insert into ${INFORMATION}.own_owners values (${text(schema)}, ${text(name)}, ${text(role)})`,
    );
    if (created.replaces && !created.copiesGrants) {
      await connection.run(`delete from ${INFORMATION}.own_grants where ${own}`);
    }
    await this.grants.came(connection, { schema, name, kind });
    if (created.replaces) {
      await forgetPolicies(connection, { schema, name });
    }
    await connection.run(`delete from ${INFORMATION}.own_views where ${own}`);
    if (created.what === 'VIEW') {
      await connection.run(
        `insert into ${INFORMATION}.own_views values (${text(schema)}, ${text(name)}, ${text(created.typed)}, ${created.isSecure})`,
      );
    }
  }
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
