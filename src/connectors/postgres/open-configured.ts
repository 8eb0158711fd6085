import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { GoldsmithError } from '../../base/goldsmith-error.ts';
import type { Connector } from '../connector.ts';
import { openPostgres } from './postgres-connector.ts';
import type { PostgresAddress } from './postgres-pool.ts';
import type { PostgresSettings } from './settings.ts';

export interface ConfiguredPostgres {
  readonly name: string;
  readonly connections: number;
  readonly settings: PostgresSettings;
  /** The writer is left out: nothing that writes can be sent. */
  readonly readOnly: boolean;
}

/**
 * Opens the server the settings describe.
 *
 * Raises `WAREHOUSE_FILE_MISSING` where a certificate cannot be read, and what `openPostgres` raises.
 */
export function openConfiguredPostgres({
  name,
  connections,
  settings,
  readOnly,
}: ConfiguredPostgres): Promise<Connector> {
  const { reader, writer } = settings;
  const tls = tlsOf(settings, name);
  const addressOf = (
    { user, password, passwordFile }: Identity,
    identity: 'reader' | 'writer',
  ): PostgresAddress => ({
    host: settings.host,
    port: settings.port,
    database: settings.database,
    user,
    password:
      passwordFile === undefined
        ? password === undefined
          ? undefined
          : () => password
        : () => secretIn(passwordFile, name),
    tls,
    connectTimeoutMs: settings.connectTimeout,
    searchPath: settings.searchPath,
    secretIn:
      passwordFile === undefined && password === undefined
        ? `the password file (PGPASSFILE) or warehouse.postgres.tls.certFile, or set warehouse.postgres.${identity}.passwordFile`
        : `warehouse.postgres.${identity}.${passwordFile === undefined ? 'password' : 'passwordFile'}`,
  });
  return openPostgres({
    name,
    connections,
    statementTimeoutMs: settings.statementTimeout,
    reader: addressOf(reader, 'reader'),
    writer: writer === undefined || readOnly ? undefined : addressOf(writer, 'writer'),
    sleep: async (ms, signal) => {
      await setTimeout(ms, undefined, signal === undefined ? {} : { signal });
    },
  });
}

type Identity = PostgresSettings['reader'];

/** A Unix socket is never encrypted. */
function tlsOf({ host, tls }: PostgresSettings, name: string): PostgresAddress['tls'] {
  if (tls.mode === 'off' || host.startsWith('/')) {
    return false;
  }
  const read = (path: string | undefined) => (path === undefined ? undefined : fileAt(path, name));
  const [ca, cert, key] = [tls.caFile, tls.certFile, tls.keyFile].map(read);
  return {
    rejectUnauthorized: tls.mode === 'verify',
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

function fileAt(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw missing(path, { name, cause });
  }
}

async function secretIn(path: string, name: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
  } catch (cause) {
    throw missing(path, { name, cause });
  }
}

function missing(
  path: string,
  { name, cause }: { readonly name: string; readonly cause: unknown },
) {
  const message = `${name}: the file ${path} of warehouse.postgres cannot be read; check the path and its permissions`;
  return new GoldsmithError('WAREHOUSE_FILE_MISSING', message, { cause });
}
