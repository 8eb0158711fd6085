import { setTimeout } from 'node:timers/promises';
import type { PostgresAddress } from '../../src/connectors/postgres/postgres-pool.ts';
import type { PostgresCluster } from './postgres-cluster.ts';

/** A reader that may only read and monitor, and a writer that is no superuser either, as the grants file makes them. */
export async function identities(cluster: PostgresCluster): Promise<void> {
  await cluster.sql(`
create role reader login password 'reads' in role pg_monitor;
create role writer login password 'writes';
grant create on database shop to writer;
grant create, usage on schema public to writer;
grant usage on schema public to reader;
alter default privileges for role writer grant select on tables to reader;
alter default privileges for role writer grant usage on schemas to reader;`);
}

export function addressOf(
  { host, port, database }: PostgresCluster,
  user: 'reader' | 'writer',
): PostgresAddress {
  return {
    host,
    port,
    database,
    user,
    password: () => (user === 'reader' ? 'reads' : 'writes'),
    tls: undefined,
    connectTimeoutMs: 5_000,
    searchPath: ['public'],
  };
}

export async function wait(ms: number, signal?: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, signal === undefined ? {} : { signal });
}
