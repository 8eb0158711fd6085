import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { relationId } from '../../src/base/relation.ts';
import type { Connector } from '../../src/connectors/connector.ts';
import { openDatabricks } from '../../src/connectors/databricks/databricks-connector.ts';
import {
  faceIfShown,
  refuseHiddenDependents,
} from '../../src/materializer/refuse-hidden-dependents.ts';
import { dependentViews } from '../../src/materializer/warehouse-objects.ts';
import type { Action } from '../../src/plan/action.ts';
import {
  build,
  DAY,
  openLoopWorld,
  START,
  salesDefinition,
  toLogicalOf,
  toVersion,
} from '../conformance/loop-world.ts';
import { targetOn } from '../connectors/databricks/open-server.ts';
import { SNOWFLAKE } from '../connectors/snowflake/loop-subject.ts';
import { type DatabricksServer, startDatabricks } from '../servers/databricks-server.ts';
import { type SnowflakeAccount, snowflakeAccount } from '../servers/snowflake-account.ts';

describe('what reads a view beside Snowflake', () => {
  const sales = relationId({ schema: 'PUBLIC', name: 'SALES' });
  const list = 'SNOWFLAKE.ACCOUNT_USAGE.OBJECT_DEPENDENCIES';
  let account: SnowflakeAccount;
  let connector: Connector;

  const lists = (reader: string, of = 'SHOP.PUBLIC.SALES', kind = 'VIEW') => {
    const parts = [...of.split('.'), 'VIEW', ...reader.split('.'), kind];
    return account.server.sql(
      `insert into ${list} values (${parts.map((part) => `'${part}'`).join(', ')})`,
    );
  };

  beforeAll(async () => {
    account = await snowflakeAccount();
    connector = await account.open();
    for (const sql of [
      'create view "SHOP"."PUBLIC"."SALES" as select 1 as "A"',
      'create view "SHOP"."PUBLIC"."REPORT" as select * from "SHOP"."PUBLIC"."SALES"',
      'create view "SHOP"."PUBLIC"."OTHER" as select 2 as "A"',
      'attach \':memory:\' as "BI"',
      'create schema "BI"."MARTS"',
      'create view "BI"."MARTS"."BOARD" as select * from "SHOP"."PUBLIC"."SALES"',
    ]) {
      await account.server.sql(sql);
    }
    // Listed some time ago: it does not read it any more, and its text says so.
    await lists('SHOP.PUBLIC.OTHER');
    await lists('BI.MARTS.BOARD');
    await lists('BI.MARTS.PACK', 'BI.MARTS.BOARD', 'DYNAMIC TABLE');
    await lists('BI.MARTS.ROUND', 'SHOP.PUBLIC.SALES', 'FUNCTION');
  });
  afterEach(() => account.server.denied.clear());
  afterAll(async () => {
    await connector.close();
    await account.server.stop();
  });

  it('is told by texts, and of other databases by the account’s list, through others too', async () => {
    expect(await dependentViews(connector, sales)).toEqual([
      'BI.MARTS.BOARD',
      'BI.MARTS.PACK',
      'SHOP.PUBLIC.REPORT',
    ]);
  });

  it('is told by texts alone where the list may not be read and every text is there', async () => {
    account.server.denied.add('OBJECT_DEPENDENCIES');

    expect(await dependentViews(connector, sales)).toEqual(['SHOP.PUBLIC.REPORT']);
  });

  it('is nobody’s to say where a text is kept from us and the list is too', async () => {
    await account.server.sql('create view "SHOP"."PUBLIC"."SECRET" as select 3 as "A"');
    const views = '"SHOP"."SNOW_INFORMATION".own_views';
    await account.server.sql(`update ${views} set typed = '' where object_name = 'SECRET'`);
    expect(await dependentViews(connector, sales)).not.toContain('SHOP.PUBLIC.SECRET');

    account.server.denied.add('OBJECT_DEPENDENCIES');
    await expect(dependentViews(connector, sales)).rejects.toMatchObject({
      code: 'DEPENDENTS_UNTOLD',
      message: expect.stringMatching(
        /^what SHOP\.PUBLIC\.SECRET read is told neither by their texts, .*, nor by SNOWFLAKE\.ACCOUNT_USAGE\.OBJECT_DEPENDENCIES, so they may read PUBLIC\.SALES; grant the writer that list$/,
      ),
    });

    expect(await dependentViews(connector, sales, { asFarAsTold: true })).toEqual([
      'SHOP.PUBLIC.REPORT',
    ]);

    account.server.denied.clear();
    await lists('SHOP.PUBLIC.SECRET');
    expect(await dependentViews(connector, sales)).toContain('SHOP.PUBLIC.SECRET');
    await account.server.sql('drop view "SHOP"."PUBLIC"."SECRET"');
  });

  it('stops a publication where one of them cannot be read, and names the grant', async () => {
    const dependents = ['BOARD', 'PACK'].map((name) =>
      relationId({ database: 'BI', schema: 'MARTS', name }),
    );
    const faces = new Map(dependents.slice(0, 1).map((each) => [each, { columns: [] }]));

    await expect(
      refuseHiddenDependents(connector, { view: sales, dependents, faces }),
    ).rejects.toMatchObject({
      code: 'DEPENDENT_HIDDEN',
      message: expect.stringContaining('may not be read by the writer'),
    });
    await refuseHiddenDependents(connector, {
      view: sales,
      dependents: dependents.slice(0, 1),
      faces,
    });
  });
});

it('what nobody can look at stops a publication, and no way back to the definition', async () => {
  const world = await openLoopWorld(SNOWFLAKE);
  const list = 'SNOWFLAKE.ACCOUNT_USAGE.OBJECT_DEPENDENCIES';
  const codes = async (...actions: readonly Action[]) =>
    (await world.apply(actions)).steps.map(({ code }) => code);
  const definition = salesDefinition(SNOWFLAKE);
  const flip = toVersion(1, START + DAY, SNOWFLAKE);
  const made = [build(1, 'promote', SNOWFLAKE), flip] as const;
  const create: Action = { kind: 'create-mart', mart: definition.relation, definition };
  expect(await codes(create, ...made)).toEqual(['DONE', 'DONE', 'DONE']);

  await world.people(
    `insert into ${list} values ('SHOP', 'GOLD', 'SALES_BY_REGION', 'VIEW', 'BI', 'MARTS', 'BOARD', 'VIEW')`,
  );

  expect(await codes(flip)).toEqual(['DEPENDENT_HIDDEN']);
  expect(await codes(toLogicalOf(SNOWFLAKE))).toEqual(['DONE']);
  await world.close();
});

describe('what reads a view beside Databricks', () => {
  let server: DatabricksServer;
  let connector: Connector;

  beforeAll(async () => {
    server = await startDatabricks();
    connector = await openDatabricks(targetOn(server));
  });
  afterAll(async () => {
    await connector.close();
    await server.close();
  });

  it('is told by lineage, of other catalogs too, as long as it is there', async () => {
    await server.seed("attach ':memory:' as bi");
    await server.seed('create schema bi.marts');
    await server.seed('create view bi.marts.board as select 1 as a');
    await server.seed('create view shop.sales.daily as select 1 as a');
    await server.seed('create view shop.sales.report as select * from shop.sales.daily');
    await server.seed(`insert into lakehouse.access.table_lineage values
      ('shop', 'sales', 'daily', 'VIEW', 'bi', 'marts', 'board', 'VIEW', current_date),
      ('shop', 'sales', 'daily', 'VIEW', 'bi', 'marts', 'copy', 'TABLE', current_date),
      ('shop', 'sales', 'daily', 'VIEW', 'bi', 'marts', 'dropped', 'VIEW', current_date),
      ('shop', 'sales', 'daily', 'VIEW', 'bi', 'marts', 'former', 'VIEW', current_date - 500)`);

    expect(await dependentViews(connector, relationId({ schema: 'sales', name: 'daily' }))).toEqual(
      ['bi.marts.board', 'shop.sales.report'],
    );
  });

  it('has no face where it may not be read, and is refused by name', async () => {
    // Told as a table that is not there would be, but by that name: the server takes it for the account's word.
    const kept = 'shop.sales."INSUFFICIENT_PERMISSIONS!"';
    await server.seed(`create table ${kept} as select 1 as a`);
    await server.seed(`create view shop.sales.forbidden as select * from ${kept}`);
    await server.seed(`drop table ${kept}`);
    const forbidden = relationId({ schema: 'sales', name: 'forbidden' });
    const view = relationId({ schema: 'sales', name: 'daily' });
    const sql = `select * from ${connector.wording.names.relation(forbidden)}`;

    expect(await faceIfShown(connector, { sql, withContent: true })).toBeUndefined();
    await expect(
      refuseHiddenDependents(connector, { view, dependents: [forbidden], faces: new Map() }),
    ).rejects.toMatchObject({ code: 'DEPENDENT_HIDDEN' });
  });
});
