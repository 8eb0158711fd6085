import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RelationId, relationId } from '../../../src/base/relation.ts';
import type { Connector } from '../../../src/connectors/connector.ts';
import { snowflakeWording } from '../../../src/connectors/snowflake/snowflake-wording.ts';
import { insertRows, sortedBy } from '../../../src/materializer/statements.ts';
import { contentMark, fingerprintContent } from '../../../src/prove/content-fingerprint.ts';
import { type SnowflakeAccount, snowflakeAccount } from '../../servers/snowflake-account.ts';

const options = { purpose: 'facts' } as const;
const ORDERS = relationId({ schema: 'PUBLIC', name: 'ORDERS' });

describe('what Goldsmith says to Snowflake', () => {
  let account: SnowflakeAccount;
  let connector: Connector;

  beforeAll(async () => {
    account = await snowflakeAccount();
    connector = await account.open();
    for (const sql of [
      'create table orders (id bigint not null, day timestamp, price decimal(12, 2), weight double, note varchar)',
      `insert into orders values (1, timestamp '2024-01-01 10:00:00', 1.5, 0.1, 'a'), (2, timestamp '2024-01-02 10:00:00', null, 0.2, null), (2, null, 3, 'NaN', 'c')`,
      'create view report as select id, price from public.orders',
      "comment on view report is 'goldsmith: {}'",
      "comment on column orders.price is 'net'",
    ]) {
      await connector.execute(sql, { purpose: 'build' });
    }
  });
  afterAll(async () => {
    await connector.close();
    await account.server.stop();
  });

  const rowsOf = async (sql: string) => (await connector.query(sql, options)).rows;
  const columns = [
    { name: 'ID', type: 'number(38,0)' },
    { name: 'PRICE', type: 'number(12,2)' },
    { name: 'WEIGHT', type: 'float' },
  ];

  it('sorts the rows of a table that are to lie together when they are written, instead of paying for a clustering key', async () => {
    const sql = snowflakeWording.staged?.createTable({
      relation: relationId({ schema: 'PUBLIC', name: 'LAID' }),
      comment: 'a version',
      select: 'select id, price from public.orders',
      clusteredBy: ['PRICE', 'ID'],
    });

    expect(sql).toMatch(/ as\nselect id, price from public.orders\norder by "PRICE", "ID"$/);
    await connector.execute(sql ?? '', { purpose: 'build' });
    expect(await rowsOf('select count(*) from public.laid')).toEqual([['3']]);
    const order = sortedBy({ clusteredBy: ['PRICE', 'ID'] }, connector.capabilities);
    const definition = {
      relation: relationId({ schema: 'GOLD', name: 'LAID' }),
      origin: 'candidate' as const,
      sql: 'select id, price from public.orders',
      columns: columns.slice(0, 2),
      sources: [ORDERS],
      obligations: [],
      maxStalenessMs: 0,
    };
    const laid = relationId({ schema: 'PUBLIC', name: 'LAID' });
    const more = insertRows(laid, {
      definition,
      where: 'id = 1',
      order,
      wording: snowflakeWording,
    });
    expect(more).toMatch(/\nwhere id = 1\norder by "PRICE", "ID"$/);
    await connector.execute(more, { purpose: 'build' });
    expect(await rowsOf('select count(*) from public.laid')).toEqual([['4']]);
  });

  it('gives equal content equal fingerprints, whatever the order, and others others', async () => {
    const of = (sql: string) => fingerprintContent(connector, { ...options, sql, columns });
    const all = await of('select id, price, weight from public.orders');
    const turned = await of('select id, price, weight from public.orders order by price desc');
    const fewer = await of('select id, price, weight from public.orders where id = 2');

    expect(turned).toEqual(all);
    expect(fewer.whole).not.toBe(all.whole);
    expect(all.columns[2]?.float).toMatchObject({ finite: 2 });
    expect(
      await contentMark(connector, {
        ...options,
        sql: 'select id, price, weight from public.orders',
        columns,
      }),
    ).toEqual({ rows: 3, whole: all.whole });
  });

  it('looks at objects, their texts, comments and what only tables keep', async () => {
    const { objects } = snowflakeWording;
    const report = relationId({ schema: 'PUBLIC', name: 'REPORT' });

    expect(await rowsOf(objects.ownDatabase)).toEqual([['SHOP']]);
    expect(await rowsOf(objects.schema('PUBLIC'))).toEqual([['PUBLIC']]);
    expect(await rowsOf(objects.schema('public'))).toEqual([]);
    expect(await rowsOf(objects.find(report))).toEqual([['view', 'goldsmith: {}']]);
    expect(await rowsOf(objects.find('NOWHERE' as RelationId))).toEqual([]);
    expect((await rowsOf(objects.viewText(report)))[0]?.[0]).toMatch(/select/i);
    expect(await rowsOf(objects.columnComments(ORDERS))).toEqual([['PRICE', 'net']]);
    expect((await rowsOf(objects.marked('goldsmith: '))).map((row) => row.slice(1))).toEqual([
      ['PUBLIC', 'REPORT', 'goldsmith: {}', 'view'],
    ]);
    expect((await rowsOf(objects.views)).map((row) => row[2])).toEqual(['REPORT']);
    const kept = objects.keptByTables(ORDERS);
    expect(await Promise.all(kept.map(async ({ sql }) => (await rowsOf(sql))[0]?.[0]))).toEqual([
      '0',
      '1',
    ]);
  });

  it('counts rows whose key stands twice, and not those with a part missing', async () => {
    const repeated = async (...names: readonly string[]) =>
      (await rowsOf(`select ${snowflakeWording.content.repeatedKeys(names)} from orders`))[0]?.[0];

    expect(await repeated('"ID"')).toBe('1');
    expect(await repeated('"ID"', '"PRICE"')).toBe('0');
  });

  it('escapes backslashes and quotes in texts, and takes comments off by empty ones', () => {
    const { names, statements } = snowflakeWording;

    expect(names.text(String.raw`it's a \n`)).toBe(String.raw`'it''s a \\n'`);
    expect(statements.commentOn('view', { relation: ORDERS, comment: undefined })).toBe(
      `comment on view "PUBLIC"."ORDERS" is ''`,
    );
  });

  it('compares the statement’s moment with a constant', async () => {
    const { versions } = snowflakeWording;
    const sql = [2024, 2124]
      .map((year) => `${versions.statementTime} > ${versions.moment(Date.UTC(year, 0, 1))}`)
      .join(', ');

    expect(await rowsOf(`select ${sql}`)).toEqual([[true, false]]);
  });
});
