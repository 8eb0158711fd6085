import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RelationId, relationId } from '../../../src/base/relation.ts';
import { cellText } from '../../../src/connectors/cell-text.ts';
import type { Connector, Session } from '../../../src/connectors/connector.ts';
import { nativeWordingOf } from '../../../src/connectors/native-wording-of.ts';
import { snowflakeWording } from '../../../src/connectors/snowflake/snowflake-wording.ts';
import { requireProvable } from '../../../src/materializer/shape-refused.ts';
import { findObject, nativeText } from '../../../src/materializer/warehouse-objects.ts';
import { type SnowflakeAccount, snowflakeAccount } from '../../servers/snowflake-account.ts';
import { upperCased } from '../../servers/snowflake-sql.ts';

const options = { purpose: 'build' } as const;
const TOTALS = relationId({ schema: 'PUBLIC', name: 'TOTALS' });
const SELECT =
  'select region as region, sum(amount) as total, count(*) as n from "PUBLIC"."SALES" as s group by region';
const kept = nativeWordingOf(snowflakeWording, 'materialized view');

describe('a materialized view of Snowflake', () => {
  let account: SnowflakeAccount;
  let connector: Connector;

  beforeAll(async () => {
    account = await snowflakeAccount();
    connector = await account.open();
  });
  afterAll(async () => {
    await connector.close();
    await account.server.stop();
  });
  beforeEach(async () => {
    await people('create or replace table sales (region varchar, amount decimal(12, 2))');
    await people("insert into sales values ('n', 1), ('s', 2)");
    for (const [name] of await rowsOf(
      `select table_name from information_schema.tables where table_type = 'MATERIALIZED VIEW'`,
    )) {
      await connector.execute(`drop materialized view "PUBLIC"."${cellText(name)}"`, options);
    }
    await make(TOTALS, SELECT);
  });

  const people = (sql: string) => account.server.sql(upperCased(sql));
  const rowsOf = async (sql: string, readsKept?: boolean) =>
    (await connector.query(sql, { ...options, readsKept })).rows;
  const make = async (relation: RelationId, definition: string) => {
    const said = { kind: 'materialized view', relation, comment: "it's ours", definition } as const;
    for (const sql of kept?.create({ ...said, select: definition }) ?? []) {
      await connector.execute(sql, options);
    }
  };
  const totals = () => rowsOf('select region, total from totals order by region');
  const tell = (sql = '') => connector.execute(sql, options);
  const text = () => nativeText(connector, { kind: 'materialized view', relation: TOTALS });

  it('is one statement, with the definition as it stands', () => {
    const said = { kind: 'materialized view', relation: TOTALS, comment: "it's ours" } as const;
    expect(kept?.create({ ...said, select: 'select 1', definition: SELECT })).toEqual([
      `create materialized view "PUBLIC"."TOTALS" comment = 'it''s ours' as\n${SELECT}`,
    ]);
    expect(kept).not.toHaveProperty('refresh');
  });

  it('is found by its kind and comment, tells its text, and counts as a table to readers', async () => {
    expect(await findObject(connector, TOTALS)).toEqual({
      kind: 'materialized view',
      comment: "it's ours",
    });
    expect(await text()).toContain(SELECT);
    const catalog = await connector.readCatalog(options);
    expect(catalog.find(({ id }) => id === TOTALS)).toMatchObject({ kind: 'table' });
    expect(catalog.find(({ id }) => id === TOTALS)).not.toHaveProperty('definitionSql');
  });

  it('is always current', async () => {
    await people("insert into sales values ('n', 10)");
    expect((await totals())[0]).toEqual(['n', '11.00']);
  });

  it('answers nobody while it is suspended, nor once its table was made anew or lost a column; a new column changes nothing', async () => {
    await tell(kept?.rest?.(TOTALS));
    await expect(totals()).rejects.toMatchObject({ code: 'CONNECTOR_BAD_SQL' });
    expect(await text()).toBeUndefined();
    await tell(kept?.wake?.(TOTALS));
    expect(await totals()).toHaveLength(2);

    await people('alter table sales add column note varchar');
    expect(await totals()).toHaveLength(2);
    await people('alter table sales drop column note');
    await people('alter table sales drop column amount');
    expect(await text()).toBeUndefined();
    await tell(kept?.wake?.(TOTALS));
    expect(await text()).toBeUndefined();

    await people('create or replace table sales as select 1 as region, 2 as amount');
    await expect(totals()).rejects.toMatchObject({ code: 'CONNECTOR_BAD_SQL' });
  });

  it('is refused of what the account does not keep', async () => {
    const name = relationId({ schema: 'PUBLIC', name: 'STRANGE' });
    for (const definition of [
      SELECT.replace('group by', 'join sales as t on t.region = s.region group by'),
      SELECT.replace('count(*)', 'count(distinct amount)'),
      `${SELECT} having count(*) > 1`,
      `${SELECT} order by 1`,
      SELECT.replace('region as region', "'x' as r"),
      'select region from (select region from sales) as s',
      SELECT.replace('sum(', 'median('),
      SELECT.replace('count(*)', 'max(week(current_date))'),
      'select total from "PUBLIC"."TOTALS"',
    ]) {
      await expect(make(name, definition), definition).rejects.toMatchObject({
        code: 'CONNECTOR_BAD_SQL',
      });
    }
    expect(await findObject(connector, name)).toBeUndefined();
  });

  it('is refused on an account of the Standard edition, and where its schema is not ours to make one in', async () => {
    const name = relationId({ schema: 'PUBLIC', name: 'MORE' });
    await account.server.sql(`insert into "SNOW_INFORMATION".own_edition values ('STANDARD')`);
    await expect(make(name, SELECT)).rejects.toMatchObject({ code: 'CONNECTOR_BAD_SQL' });
    await account.server.sql('delete from "SNOW_INFORMATION".own_edition');
    const revoked = `"SNOW_INFORMATION".own_schema_revokes`;
    await account.server.sql(
      `insert into ${revoked} values ('PUBLIC', 'CREATE MATERIALIZED VIEW')`,
    );
    await expect(make(name, SELECT)).rejects.toMatchObject({ code: 'CONNECTOR_PERMISSION_DENIED' });
    await account.server.sql(`delete from ${revoked}`);
  });

  it('is none for us where whoever is to look at it may not read it, or its table not be cloned', async () => {
    const made = { kind: 'materialized view', relation: TOTALS, definition: SELECT } as const;
    const required = () => requireProvable(connector, { ...made, ...options });
    await required();
    for (const [denied, because] of [
      [
        'SELECT 1 FROM "PUBLIC"."TOTALS"',
        /^a materialized view of it could not be read: .*not authorized/,
      ],
      [
        'create temporary table',
        /^a materialized view of it could not be proved: .*not authorized/,
      ],
    ] as const) {
      account.server.denied.add(denied);
      await expect(required()).rejects.toThrow(because);
      account.server.denied.clear();
    }
  });

  it('is none for us where a view of somebody has the name of its table, so that nobody could tell what answered', async () => {
    const made = { kind: 'materialized view', relation: TOTALS, definition: SELECT } as const;
    await account.server.sql('create schema if not exists "SHARED"');
    await account.server.sql('create view "SHARED"."SALES" as select * from "PUBLIC"."SALES"');
    await expect(requireProvable(connector, { ...made, ...options })).rejects.toMatchObject({
      code: 'SHAPE_REFUSED',
      message: expect.stringMatching(/could not be proved: .*SALES is a view, through which/),
    });
    await account.server.sql('drop view "SHARED"."SALES"');
  });

  it('is written to by nobody, and dropped by no words but its own', async () => {
    for (const sql of ["insert into totals values ('x', 1, 1)", 'drop view "PUBLIC"."TOTALS"']) {
      await expect(connector.execute(sql, options)).rejects.toMatchObject({
        code: 'CONNECTOR_BAD_SQL',
      });
    }
  });

  describe('that holds what its definition does not give', () => {
    beforeEach(() =>
      people(
        `create or replace view "PUBLIC"."TOTALS" as select 'n' as region, 1000 as total, 7 as n`,
      ),
    );
    const asRead = async (session: Pick<Session, 'query'>, readsKept?: boolean) =>
      (
        await session.query(`select total from (${SELECT}) as d order by 1`, {
          ...options,
          readsKept,
        })
      ).rows;

    it('answers statements on its table, unless they are asked apart: then the table itself does', async () => {
      expect(await asRead(connector)).toEqual([['1000']]);
      expect(await asRead(connector, false)).toEqual([['1.00'], ['2.00']]);
      for (const readOnly of [true, false]) {
        await connector.transaction(
          async (session) => {
            expect(await asRead(session)).toEqual([['1000']]);
            expect(await asRead(session, false)).toEqual([['1.00'], ['2.00']]);
            expect(await asRead(session, true)).toEqual([['1000']]);
          },
          { readOnly, purpose: 'verify', ...(readOnly ? {} : { commits: 'each' as const }) },
        );
      }
    });

    it('leaves no temporary table to anybody, and drops none', async () => {
      const before = account.server.statements.length;
      await asRead(connector, false);
      const sent = account.server.statements
        .slice(before)
        .map(({ sql }) => sql)
        .join('\n');
      expect(sent).toContain(
        'create temporary table "SHOP"."PUBLIC"."SALES" clone "SHOP"."PUBLIC"."SALES"',
      );
      expect(sent).not.toMatch(/\bdrop\b/i);
      expect(await rowsOf('select count(*) from sales')).toEqual([['2']]);
      await connector.execute("insert into sales (region, amount) values ('w', 3)", options);
      expect(await asRead(connector, false)).toHaveLength(3);
    });

    it('is not asked at all where its table cannot be cloned, for then it might be answered from the view', async () => {
      account.server.denied.add('create temporary table');
      await expect(asRead(connector, false)).rejects.toMatchObject({
        code: 'CONNECTOR_RELATION_MISSING',
      });
      account.server.denied.clear();
      expect(await asRead(connector, false)).toHaveLength(2);
    });

    it('is not asked apart of a view that leads to its table, for what a view reads there is not told', async () => {
      await people('create or replace view "PUBLIC"."BY_VIEW" as select * from "PUBLIC"."SALES"');
      await people(
        'create or replace view "PUBLIC"."BY_VIEWS" as select * from "PUBLIC"."BY_VIEW"',
      );
      for (const view of ['by_view', 'by_views']) {
        await expect(rowsOf(`select count(*) from public.${view}`, false)).rejects.toThrow(
          /BY_VIEWS? is a view, through which a materialized view may answer it/,
        );
      }
    });
  });
});
