import { setTimeout } from 'node:timers/promises';
import { openPostgres } from '../../src/connectors/postgres/postgres-connector.ts';
import type { PostgresAddress } from '../../src/connectors/postgres/postgres-pool.ts';
import type { LoopWarehouse } from '../conformance/loop-world.ts';
import type { PostgresCluster } from './postgres-cluster.ts';

/** A reader that may only read and monitor, and a writer that is no superuser either; people own what is there. */
export async function identities(cluster: PostgresCluster): Promise<void> {
  await cluster.sql(`
create role reader login password 'reads' in role pg_monitor;
create role writer login password 'writes';
create role people;
grant people to writer;`);
  await admit(cluster, cluster.database);
}

/** As the grants file does it, in one database. */
async function admit(cluster: PostgresCluster, database: string): Promise<void> {
  await cluster.sql(
    `grant create on database ${database} to writer, people;
grant create, usage on schema public to writer, people;
grant usage on schema public to reader;
alter default privileges for role people grant select on tables to reader, writer;
alter default privileges for role people grant usage on schemas to reader, writer;
alter default privileges for role people grant create on schemas to writer;
alter default privileges for role writer grant select on tables to reader;
alter default privileges for role writer grant usage on schemas to reader;
alter default privileges for role writer grant create, usage on schemas to people;
alter default privileges for role writer grant select, update on tables to people;`,
    database,
  );
}

let databases = 0;

/** A database of its own in the cluster, as a test's warehouse. */
export async function ownDatabase(
  cluster: PostgresCluster,
): Promise<LoopWarehouse & { readonly database: string }> {
  databases += 1;
  const database = `shop_${databases}`;
  await cluster.sql(`create database ${database}`);
  await admit(cluster, database);
  const connector = await openPostgres({
    name: 'test',
    reader: { ...addressOf(cluster, 'reader'), database },
    writer: { ...addressOf(cluster, 'writer'), database },
    sleep: wait,
  });
  return {
    database,
    connector,
    people: async (sql) => {
      await cluster.sql(`set role people; ${sql}`, database);
    },
    close: () => connector.close(),
  };
}

export function addressOf(
  { host, port, database }: Pick<PostgresCluster, 'host' | 'port' | 'database'>,
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
