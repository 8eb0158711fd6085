import type { DuckDBConnection } from '@duckdb/node-api';

/** Privileges by who holds them on what: `use schema system.query goldsmith-reader`. */
export class DatabricksGrants {
  readonly #held = new Set<string>();
  #isGiven = false;

  /** GRANT and REVOKE on catalogs and schemas, one privilege after the other. */
  async carryOut(connection: DuckDBConnection, file: string): Promise<void> {
    this.#isGiven = true;
    for (const { privilege, on, to, isRevoked } of grantsIn(file)) {
      const held = `${privilege} ${on} ${to}`;
      const [catalog = '', schema] = on.split('.');
      if (isRevoked) {
        this.#held.delete(held);
      } else {
        this.#held.add(held);
      }
      if (schema === undefined && catalog !== 'system') {
        await connection.run(inherited({ privilege, to, catalog, isRevoked }));
      }
      if (schema !== undefined && catalog !== 'system') {
        const named = privilege.toUpperCase().replaceAll(' ', '_');
        await connection.run(
          isRevoked
            ? `delete from lakehouse.unity.schema_privileges where grantee = '${to}' and schema_name = '${schema}' and privilege_type = '${named}' and inherited_from = 'NONE'`
            : `insert into lakehouse.unity.schema_privileges values ('people', '${to}', '${catalog}', '${schema}', '${named}', 'NONE')`,
        );
      }
    }
  }

  /** Raises where a statement reads what this user may not; the information schema is everybody's. */
  require(user: string, text: string): void {
    if (!this.#isGiven) {
      return;
    }
    for (const [, schema = ''] of text.matchAll(/\bsystem\.(query|billing|compute|access)\./gi)) {
      this.#requireAll(user, ['system', `system.${schema.toLowerCase()}`]);
    }
    for (const [, schema = ''] of text.matchAll(/\bfrom `(\w+)`\.`\w+`/gi)) {
      this.#requireAll(user, ['shop', `shop.${schema}`]);
    }
  }

  #requireAll(user: string, [catalog, schema]: readonly [catalog: string, schema: string]): void {
    const holds = (privilege: string, ...on: readonly string[]) =>
      on.some((one) => this.#held.has(`${privilege} ${one} ${user}`));
    const [missing, on] = !holds('use catalog', catalog)
      ? ['USE CATALOG', `Catalog '${catalog}'`]
      : !holds('use schema', catalog, schema)
        ? ['USE SCHEMA', `Schema '${schema}'`]
        : !holds('select', catalog, schema)
          ? ['SELECT', `Schema '${schema}'`]
          : [];
    if (missing !== undefined) {
      throw new Error(
        `[INSUFFICIENT_PERMISSIONS] Insufficient privileges: User does not have ${missing} on ${on}`,
      );
    }
  }
}

/** What is granted on a catalog is told of each of its schemas. */
function inherited({
  privilege,
  to,
  catalog,
  isRevoked,
}: {
  readonly privilege: string;
  readonly to: string;
  readonly catalog: string;
  readonly isRevoked: boolean;
}): string {
  const named = privilege.toUpperCase().replaceAll(' ', '_');
  return isRevoked
    ? `delete from lakehouse.unity.schema_privileges where grantee = '${to}' and privilege_type = '${named}' and inherited_from = 'CATALOG'`
    : `insert into lakehouse.unity.schema_privileges
select 'people', '${to}', '${catalog}', schema_name, '${named}', 'CATALOG' from duckdb_schemas() where database_name = '${catalog}'`;
}

interface Grant {
  readonly privilege: string;
  /** A catalog, or a schema with its catalog. */
  readonly on: string;
  readonly to: string;
  readonly isRevoked: boolean;
}

/** What a file grants or takes away, a privilege at a time. */
export function grantsIn(file: string): readonly Grant[] {
  const statements = file.replaceAll(/--.*$/gm, '').replaceAll('`', '').split(';');
  return statements.flatMap((sql) => {
    const [, verb, privileges = '', on = '', to = ''] =
      /^\s*(grant|revoke)\s+(.+?)\s+on\s+(?:catalog|schema)\s+(\S+)\s+(?:to|from)\s+(\S+)\s*$/i.exec(
        sql,
      ) ?? [];
    return verb === undefined
      ? []
      : privileges.split(',').map((privilege) => ({
          privilege: privilege.trim().toLowerCase(),
          on,
          to,
          isRevoked: verb.toLowerCase() === 'revoke',
        }));
  });
}
