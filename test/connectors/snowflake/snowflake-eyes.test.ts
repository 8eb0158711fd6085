import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Action } from '../../../src/plan/action.ts';
import {
  build,
  DAY,
  HOUR,
  idOf,
  type LoopSubject,
  type LoopWorld,
  openLoopWorld,
  START,
  salesDefinition,
  salesOf,
  toLogicalOf,
  toVersion,
} from '../../conformance/loop-world.ts';
import { type SnowflakeAccount, snowflakeAccount } from '../../servers/snowflake-account.ts';
import { besideAccount } from './loop-subject.ts';
import { NAMED } from './named.ts';

const INFORMATION = '"SHOP"."SNOW_INFORMATION"';

describe('who may see a mart on Snowflake', () => {
  let account: SnowflakeAccount;
  let world: LoopWorld;

  const subject: LoopSubject = {
    ...NAMED,
    schema: 'vault',
    async open() {
      account = await snowflakeAccount();
      const warehouse = await besideAccount(account);
      await warehouse.people('create schema vault');
      return warehouse;
    },
  };
  const flip = toVersion(1, START + DAY, subject);
  const create: Action = {
    kind: 'create-mart',
    mart: salesOf(subject),
    definition: salesDefinition(subject),
  };

  beforeAll(async () => {
    world = await openLoopWorld(subject);
    expect(await codes([create, build(1, 'promote', subject)])).toEqual(['DONE', 'DONE']);
  });
  afterAll(() => world.close());
  afterEach(async () => {
    world.clock.turnTo(world.clock.now() + HOUR);
    expect(await codes([toLogicalOf(subject)])).toEqual(['DONE']);
    for (const table of ['own_grants', 'own_other_grants', 'own_closed', 'own_schema_grants']) {
      await own(`delete from own.${table}`);
    }
  });

  const own = (sql: string) => account.server.sql(sql.replaceAll('own.', `${INFORMATION}.`));
  const readsSources = (role: string) =>
    own(`insert into own.own_grants values ('${role}', 'SELECT', 'VAULT', 'ORDERS'),
  ('${role}', 'SELECT', 'VAULT', 'CUSTOMERS')`);
  const readsMart = (role: string) =>
    own(`insert into own.own_grants values ('${role}', 'SELECT', 'GOLD', 'SALES_BY_REGION')`);
  const codes = async (actions: readonly Action[]) =>
    (await world.apply(actions)).steps.map(({ code }) => code);

  it('nobody who may read its tables but not enter their schema, or their database', async () => {
    await readsSources('ANALYSTS');
    await readsMart('ANALYSTS');

    for (const closed of ["('SCHEMA', 'VAULT')", "('DATABASE', 'SHOP')"]) {
      await own(`insert into own.own_closed values ${closed}`);
      expect(await codes([flip])).toEqual(['WIDER_EYES']);
      await own('delete from own.own_closed');
    }

    await own(`insert into own.own_closed values ('SCHEMA', 'VAULT')`);
    await own(`insert into own.own_schema_grants values ('VAULT', 'USAGE', 'ANALYSTS')`);
    expect(await codes([flip])).toEqual(['DONE']);
  });

  it('no role of the account because a database role, or what is no relation, has its name or a table’s', async () => {
    await own(`insert into own.own_other_grants values
  ('ANALYSTS', 'DATABASE_ROLE', 'SHOP', 'VAULT', 'ORDERS', 'TABLE', 'SELECT', 'NO'),
  ('ANALYSTS', 'DATABASE_ROLE', 'SHOP', 'VAULT', 'CUSTOMERS', 'TABLE', 'SELECT', 'NO'),
  ('ANALYSTS', 'ROLE', 'SHOP', 'VAULT', 'ORDERS', 'STAGE', 'OWNERSHIP', 'NO'),
  ('ANALYSTS', 'ROLE', 'SHOP', 'VAULT', 'CUSTOMERS', 'SEQUENCE', 'OWNERSHIP', 'NO')`);
    await readsMart('ANALYSTS');
    expect(await codes([flip])).toEqual(['WIDER_EYES']);

    // The database role itself may read both.
    await own(`update own.own_grants set grantee = 'PEOPLE'`);
    await own(`insert into own.own_other_grants values
  ('ANALYSTS', 'DATABASE_ROLE', 'SHOP', 'GOLD', 'SALES_BY_REGION', 'VIEW', 'SELECT', 'NO')`);
    await readsSources('PEOPLE');
    expect(await codes([flip])).toEqual(['DONE']);
  });

  it('nobody who is granted what will be made in its schema, and may not read its tables', async () => {
    const relation = idOf(subject, 'gold.other_sales');
    const definition = { ...salesDefinition(subject), relation };
    const other: Action = { kind: 'create-mart', mart: relation, definition };
    // A future grant of the schema gives the view this in the moment it is made.
    await own(`insert into own.own_grants values ('ANALYSTS', 'SELECT', 'GOLD', 'OTHER_SALES')`);

    const { steps, work } = await world.apply([other]);

    expect(steps).toMatchObject([{ code: 'WIDER_EYES' }]);
    // So that it is not made again, for a moment, in each cycle.
    expect(work).toMatchObject([{ kind: 'failed-build', because: steps[0]?.detail }]);
    expect(await world.rows(world.connector.wording.objects.find(relation))).toEqual([]);
    await readsSources('ANALYSTS');
    expect(await codes([other])).toEqual(['DONE']);
  });
});
