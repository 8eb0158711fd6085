import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPostgres } from '../../../src/connectors/postgres/postgres-connector.ts';
import {
  type PostgresCluster,
  postgresBinaries,
  startPostgres,
} from '../../servers/postgres-cluster.ts';

const WRITES = { readOnly: false, purpose: 'publish' } as const;
const INSERT = 'insert into public.kept values (1)';

/** Limits so short that a test waits for them. */
function opened({ database, superuser, password }: PostgresCluster, port: number) {
  const address = {
    host: '127.0.0.1',
    port,
    database,
    user: superuser,
    password: () => password,
    tls: undefined,
    connectTimeoutMs: 1_500,
    searchPath: ['public'],
  };
  return openPostgres({
    name: 'shop',
    reader: address,
    writer: address,
    statementTimeoutMs: 500,
    answerMs: 500,
    sleep: async () => undefined,
  });
}

/** A way to the server on which nothing is carried any more once a client has said this. */
async function silentAfter(word: string, to: number): Promise<Server> {
  const between = createServer((client: Socket) => {
    const server = connect(to, '127.0.0.1');
    let isSilent = false;
    client.on('data', (data) => {
      isSilent ||= data.includes(word);
      if (!isSilent) {
        server.write(data);
      }
    });
    server.pipe(client);
    client.on('error', () => undefined).on('close', () => server.destroy());
    server.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
  return between;
}

describe.skipIf(postgresBinaries === undefined)('the end of a transaction on PostgreSQL', () => {
  let cluster: PostgresCluster;

  beforeAll(async () => {
    cluster = await startPostgres();
    await cluster.sql('create table public.kept (id bigint)');
  });
  afterAll(() => cluster.stop());

  it('waits for a replica that does not answer no longer than for a statement, and was carried out', async () => {
    const connector = await opened(cluster, cluster.port);
    await cluster.sql("alter system set synchronous_standby_names = 'nobody'");
    await cluster.sql('select pg_reload_conf()');

    await connector.transaction((session) => session.execute(INSERT, WRITES), WRITES);

    await cluster.sql('alter system reset synchronous_standby_names');
    await cluster.sql('select pg_reload_conf()');
    await connector.close();
    expect(await cluster.sql('select count(*)::int as n from public.kept')).toEqual([{ n: 1 }]);
  }, 20_000);

  it.each([
    ['commit', /whether it was carried out is not known until the server answers again/],
    ['begin transaction', /did not answer/],
  ])(
    'gives up a server that does not answer %s',
    async (word, said) => {
      const between = await silentAfter(word, cluster.port);
      const connector = await opened(cluster, (between.address() as AddressInfo).port);

      const work = connector.transaction((session) => session.execute(INSERT, WRITES), WRITES);

      await expect(work).rejects.toMatchObject({
        code: 'CONNECTOR_UNREACHABLE',
        message: expect.stringMatching(said),
      });
      await connector.close();
      await new Promise((resolve) => between.close(resolve));
    },
    20_000,
  );

  it('rolls back what only cancelling ended, such as a check that is put off to the end', async () => {
    await cluster.sql(`create function public.slow() returns trigger language plpgsql as $$ begin perform pg_sleep(60); return null; end $$;
create table public.checked (id bigint);
create constraint trigger late after insert on public.checked deferrable initially deferred for each row execute function public.slow()`);
    const connector = await opened(cluster, cluster.port);

    const work = connector.transaction(
      (session) => session.execute('insert into public.checked values (1)', WRITES),
      WRITES,
    );

    await expect(work).rejects.toMatchObject({
      code: 'CONNECTOR_TIMEOUT',
      message: expect.stringContaining('limit 500 ms, by warehouse.postgres.statementTimeout'),
    });
    await connector.close();
    expect(await cluster.sql('select count(*)::int as n from public.checked')).toEqual([{ n: 0 }]);
  }, 20_000);
});
