import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Action } from '../../../src/plan/action.ts';
import {
  build,
  DAY,
  id,
  type LoopSubject,
  type LoopWorld,
  openLoopWorld,
  SALES,
  START,
  salesDefinition,
  toVersion,
} from '../../conformance/loop-world.ts';
import {
  type PostgresCluster,
  postgresBinaries,
  startPostgres,
} from '../../servers/postgres-cluster.ts';
import { identities, ownDatabase } from '../../servers/postgres-identities.ts';

describe.skipIf(postgresBinaries === undefined)('who may see a mart on PostgreSQL', () => {
  let cluster: PostgresCluster;
  let world: LoopWorld & { readonly database: string };

  const subject: LoopSubject = {
    name: 'postgres',
    schema: 'vault',
    types: { text: 'text', bigint: 'bigint', sumOfMoney: 'numeric' },
    async open() {
      const warehouse = await ownDatabase(cluster);
      await warehouse.people('create schema vault');
      return warehouse;
    },
  };
  const definition = salesDefinition(subject);
  const create: Action = { kind: 'create-mart', mart: SALES, definition };
  const flip = toVersion(1, START + DAY);

  beforeAll(async () => {
    cluster = await startPostgres();
    await identities(cluster);
    await cluster.sql('create role bob');
  });
  afterAll(() => cluster.stop());

  beforeEach(async () => {
    world = (await openLoopWorld(subject)) as typeof world;
    return () => world.close();
  });

  const admin = (sql: string) => cluster.sql(sql, world.database);
  const asBob = (sql: string) => admin(`set role bob; ${sql}`);
  const codes = async (actions: readonly Action[]) =>
    (await world.apply(actions)).steps.map(({ code }) => code);

  it('nobody who may read its tables but not enter their schema', async () => {
    await admin('grant select on all tables in schema vault to bob');
    await expect(asBob('select * from vault.orders')).rejects.toThrow('permission denied');
    expect(await codes([create, build(1)])).toEqual(['DONE', 'DONE']);
    await admin(`grant usage on schema gold to bob; grant select on ${SALES} to bob`);

    const { steps } = await world.apply([flip]);

    expect(steps[0]).toMatchObject({
      code: 'WIDER_EYES',
      detail: expect.stringMatching(
        /^bob may read gold\.sales_by_region but not vault\.customers, .* or grant the other with the use of what it lies in$/,
      ),
    });
    await admin('grant usage on schema vault to bob');
    expect(await codes([flip])).toEqual(['DONE']);
  });

  it('nobody who may read a view it is made of, which asks for the reader’s own rights below', async () => {
    const [server] = await admin("select current_setting('server_version_num')::int as version");
    if (Number(server?.['version']) < 150_000) {
      return;
    }
    await world.people(
      'create view vault.sold with (security_invoker = on) as select customer_id from vault.orders',
    );
    await admin('grant usage on schema vault to bob; grant select on vault.sold to bob');
    await expect(asBob('select * from vault.sold')).rejects.toThrow('permission denied');
    const over = {
      ...definition,
      sql: 'select customer_id, count(*) as orders from vault.sold group by 1',
      columns: [
        { name: 'customer_id', type: 'integer' },
        { name: 'orders', type: 'bigint' },
      ],
      sources: [id('vault.sold')],
      obligations: [],
    };
    const built = { ...build(1, 'refresh'), replay: [] } as Action;
    expect(await codes([{ ...create, definition: over }, built])).toEqual(['DONE', 'DONE']);
    await admin(`grant select on ${SALES} to bob`);

    expect(await codes([flip])).toEqual(['WIDER_EYES']);

    await admin('grant select on vault.orders to bob');
    expect(await codes([flip])).toEqual(['DONE']);
  });

  it('nobody from its first moment on as a view, whom default privileges let read what the writer makes', async () => {
    await admin(
      'alter default privileges for role writer grant select on tables to bob; alter default privileges for role writer grant usage on schemas to bob',
    );

    expect(await codes([create])).toEqual(['WIDER_EYES']);

    await expect(asBob(`select * from ${SALES}`)).rejects.toThrow('does not exist');
    await admin(
      'grant usage on schema vault to bob; grant select on all tables in schema vault to bob',
    );
    expect(await codes([create])).toEqual(['DONE']);
    expect(await asBob(`select sum(orders)::int as n from ${SALES}`)).toEqual([{ n: 400 }]);
  });
});
