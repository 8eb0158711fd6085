import type { DuckDBConnection } from '@duckdb/node-api';
import type { Created } from './snowflake-sql.ts';
import { DATABASE } from './snowflake-world.ts';

const INFORMATION = `"${DATABASE}"."SNOW_INFORMATION"`;

/** Which table a statement changes the rows of, or makes. */
const CHANGES =
  /^\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|MERGE\s+INTO|TRUNCATE\s+TABLE|CREATE\s+(?:OR\s+REPLACE\s+)?TABLE(?:\s+IF\s+NOT\s+EXISTS)?)\s+([^\s(]+)/i;

/** What Snowflake keeps beside an object and DuckDB does not: its text as it was typed, its owner, its grants, when it changed. */
export class ObjectKeeper {
  #changes = 0;
  readonly #changed = new Map<string, number>();

  /** A mark that grows with each change of the table; of a view, and of what was never told, with each change of anything. */
  lastChange(name: string): number {
    return this.#changed.get(name.toUpperCase()) ?? this.#changes + 1;
  }

  noteChange(sql: string): void {
    const name = CHANGES.exec(sql)?.[1];
    if (name !== undefined) {
      this.#changes += 1;
      this.#changed.set(lastTwoOf(name).join('.').toUpperCase(), this.#changes);
    }
  }

  /** A new object belongs to who made it, and has the grants it was given, unless they were copied. */
  async made(
    connection: DuckDBConnection,
    { created, role }: { readonly created: Created; readonly role: string },
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
    await connection.run(`delete from ${INFORMATION}.own_views where ${own}`);
    if (created.what === 'VIEW') {
      await connection.run(
        `insert into ${INFORMATION}.own_views values (${text(schema)}, ${text(name)}, ${text(created.typed)}, ${created.isSecure})`,
      );
    }
  }
}

/** Schema and name; bare names lie in the session's own schema. */
export function lastTwoOf(dotted: string): readonly [schema: string, name: string] {
  const [name = '', schema = 'PUBLIC'] = [...dotted.matchAll(/"((?:[^"]|"")*)"|([^.]+)/g)]
    .map(([, quoted, plain]) => quoted ?? plain ?? '')
    .toReversed();
  return [schema, name];
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
