import { existsSync } from 'node:fs';
import type { DuckDBInstance } from '@duckdb/node-api';
import { GoldsmithError } from '../base/goldsmith-error.ts';
import type { Connector } from './connector.ts';
import { readOnlyConnector } from './read-only-connector.ts';
import type { WarehouseSettings } from './settings.ts';

const IN_MEMORY = ':memory:';

export interface OpenConnectorParts {
  readonly settings: WarehouseSettings;
  /** Embedded: the application's own instance; it stays the application's to close. */
  readonly instance?: DuckDBInstance | undefined;
  /** For a mode that must not write: nothing that writes is sent, whatever asks for it. */
  readonly readOnly?: boolean;
  /** Told what is waited for: a warehouse that was stopped takes minutes to start. */
  readonly tell?: ((words: string) => void) | undefined;
}

/**
 * Opens the configured warehouse; each vendor's driver is loaded only when it is asked for.
 *
 * Raises `WAREHOUSE_PATH_MISSING` without file and instance, `WAREHOUSE_FILE_MISSING` where the file is not there,
 * `WAREHOUSE_SERVER_MISSING` without its address, and the connector's own errors.
 */
export async function openConnector(parts: OpenConnectorParts): Promise<Connector> {
  const connector = await openVendor(parts);
  // BigQuery has every statement judged by the service before it runs; a transaction would be three more jobs for each.
  const holdsItself = parts.settings.kind === 'bigquery';
  return parts.readOnly === true && !holdsItself ? readOnlyConnector(connector) : connector;
}

async function openVendor({
  settings,
  instance,
  readOnly,
  tell,
}: OpenConnectorParts): Promise<Connector> {
  const { kind, name, path, connections, statementTimeout: statementTimeoutMs } = settings;
  if (kind === 'postgres') {
    return openServer(settings, { readOnly: readOnly === true });
  }
  if (kind === 'snowflake') {
    return openSnowflakeAccount(settings, { readOnly: readOnly === true });
  }
  if (kind === 'databricks') {
    return openDatabricksWarehouse(settings, { readOnly: readOnly === true, tell });
  }
  if (kind === 'bigquery') {
    return openBigqueryProject(settings, { readOnly: readOnly === true });
  }
  const { openDuckdb } = await import('./duckdb/duckdb-connector.ts');
  if (instance !== undefined) {
    return openDuckdb({ name, instance, connections, statementTimeoutMs });
  }
  if (path === undefined) {
    const message = `${name}: set warehouse.path to the DuckDB file, or start Goldsmith inside the application with its instance`;
    throw new GoldsmithError('WAREHOUSE_PATH_MISSING', message);
  }
  if (path !== IN_MEMORY && !existsSync(path)) {
    const message = `${name}: there is no file ${path}; set warehouse.path to the DuckDB file that is there (Goldsmith never makes one)`;
    throw new GoldsmithError('WAREHOUSE_FILE_MISSING', message);
  }
  const { memoryLimit, threads, externalAccess } = settings;
  const isReadOnly = readOnly === true && path !== IN_MEMORY;
  return openDuckdb({
    name,
    path,
    connections,
    statementTimeoutMs,
    memoryLimit,
    threads,
    externalAccess,
    readOnly: isReadOnly,
  });
}

async function openServer(
  { name, connections, postgres }: WarehouseSettings,
  { readOnly }: { readonly readOnly: boolean },
): Promise<Connector> {
  if (postgres === undefined) {
    const message = `${name}: say under warehouse.postgres where the server is and who signs in (host, database, reader, writer)`;
    throw new GoldsmithError('WAREHOUSE_SERVER_MISSING', message);
  }
  const { openConfiguredPostgres } = await import('./postgres/open-configured.ts');
  return openConfiguredPostgres({ name, connections, settings: postgres, readOnly });
}

async function openSnowflakeAccount(
  { name, connections, snowflake }: WarehouseSettings,
  { readOnly }: { readonly readOnly: boolean },
): Promise<Connector> {
  if (snowflake === undefined) {
    const message = `${name}: say under warehouse.snowflake which account it is and who signs in (account, database, reader, writer)`;
    throw new GoldsmithError('WAREHOUSE_SERVER_MISSING', message);
  }
  const { openConfiguredSnowflake } = await import('./snowflake/open-configured.ts');
  return openConfiguredSnowflake({ name, connections, settings: snowflake, readOnly });
}

async function openDatabricksWarehouse(
  { name, connections, databricks }: WarehouseSettings,
  waiting: { readonly readOnly: boolean } & Pick<OpenConnectorParts, 'tell'>,
): Promise<Connector> {
  if (databricks === undefined) {
    const message = `${name}: say under warehouse.databricks where the SQL warehouse is and who signs in (host, httpPath, catalog, reader, writer)`;
    throw new GoldsmithError('WAREHOUSE_SERVER_MISSING', message);
  }
  const { openConfiguredDatabricks } = await import('./databricks/open-configured.ts');
  return openConfiguredDatabricks({ name, connections, settings: databricks, ...waiting });
}

async function openBigqueryProject(
  { name, connections, bigquery }: WarehouseSettings,
  { readOnly }: { readonly readOnly: boolean },
): Promise<Connector> {
  if (bigquery === undefined) {
    const message = `${name}: say under warehouse.bigquery which project it is, where it lies and who signs in (project, location, reader, writer)`;
    throw new GoldsmithError('WAREHOUSE_SERVER_MISSING', message);
  }
  const { openConfiguredBigquery } = await import('./bigquery/open-configured.ts');
  return openConfiguredBigquery({ name, connections, settings: bigquery, readOnly });
}
