import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RelationId, relationId } from '../../../src/base/relation.ts';
import { openBigquery } from '../../../src/connectors/bigquery/bigquery-connector.ts';
import type { Connector } from '../../../src/connectors/connector.ts';
import { type BigqueryServer, startBigquery } from '../../servers/bigquery-server.ts';
import { targetOf } from '../../servers/bigquery-target.ts';

const options = { purpose: 'build' } as const;
const TOTALS = relationId({ schema: 'shop', name: 'totals' });
const SALES = relationId({ schema: 'shop', name: 'sales' });
const SELECT = 'select s.region, sum(s.amount) as total from shop.sales as s group by s.region';

describe('a materialized view, in our words', () => {
  let server: BigqueryServer;
  let connector: Connector;

  beforeAll(async () => {
    server = await startBigquery();
    connector = await openBigquery(targetOf(server));
    await connector.execute('create table shop.sales (region string, amount int64)', options);
    await sell(1);
    for (const sql of made(TOTALS, SELECT)) {
      await connector.execute(sql, options);
    }
  });
  afterAll(async () => {
    await connector.close();
    await server.stop();
  });

  const rowsOf = async (sql: string, readsKept?: boolean) =>
    (await connector.query(sql, { purpose: 'verify', readsKept })).rows;
  const sell = (amount: number) =>
    connector.execute(`insert into shop.sales (region, amount) values ('n', ${amount})`, options);
  const spoil = () => server.people('update kept.shop__totals set total = total + 1000');
  const native = () => connector.wording.native?.[0];
  const made = (relation: RelationId, definition: string) =>
    native()?.create({
      kind: 'materialized view',
      relation,
      comment: "it's ours",
      select: `select \`region\`, \`total\`\nfrom (${definition}) as logical`,
      definition,
    }) ?? [];

  it('is made of its definition as it stands, refreshed by nobody but us, and filled', () => {
    expect(made(TOTALS, SELECT)).toEqual([
      `create materialized view \`shop\`.\`totals\` options (description = 'it\\'s ours', enable_refresh = false) as\n${SELECT}`,
      "call bq.refresh_materialized_view('goldsmith-test.shop.totals')",
    ]);
  });

  it('is found by its kind and comment, and tells its text', async () => {
    expect(await rowsOf(connector.wording.objects.find(TOTALS))).toEqual([
      ['materialized view', "it's ours"],
    ]);
    const [[ddl] = []] = await rowsOf(native()?.text(TOTALS, [SALES]) ?? '');
    expect(ddl).toMatch(/^CREATE MATERIALIZED VIEW .*enable_refresh=false.* AS select s\.region/);
  });

  it('gives what its tables hold now, refreshed or not', async () => {
    await sell(10);
    expect(await rowsOf('select total from shop.totals')).toEqual([['11']]);

    await connector.execute(native()?.refresh?.(TOTALS) ?? '', options);
    expect(await rowsOf('select total from shop.totals')).toEqual([['11']]);
  });

  it('never answers for its definition where it is compared with it', async () => {
    await connector.execute(native()?.refresh?.(TOTALS) ?? '', options);
    await spoil();
    const wrong = [['1011']];

    // As the service would: it rewrites the definition onto the view.
    expect(await rowsOf(`select total from (${SELECT}) as logical`)).toEqual(wrong);
    expect(await rowsOf(`select total from (${SELECT}) as logical`, false)).toEqual([['11']]);
    expect(await rowsOf('select total from shop.totals', true)).toEqual(wrong);
    const both = await connector.transaction(
      async (session) => [
        (await session.query('select total from shop.totals', { purpose: 'verify' })).rows,
        (
          await session.query('select total from shop.totals', {
            purpose: 'verify',
            readsKept: true,
          })
        ).rows,
      ],
      { readOnly: true, purpose: 'verify' },
    );
    expect(both).toEqual([[['11']], wrong]);
  });

  it.for<readonly [string, string]>([
    ['groups left out', `${SELECT} having count(*) > 1`],
    ['a first so many', `${SELECT} limit 1`],
    [
      'an aggregate that is computed with',
      'select s.region, sum(s.amount) / 2 as total from shop.sales as s group by s.region',
    ],
    ['a SELECT around it', `select total from (${SELECT}) as logical`],
  ])('is refused by the service of %s', async ([, definition]) => {
    const strange = relationId({ schema: 'shop', name: 'strange' });

    await expect(
      connector.execute(made(strange, definition)[0] ?? '', options),
    ).rejects.toMatchObject({ code: 'CONNECTOR_BAD_SQL' });
    expect(await rowsOf(connector.wording.objects.find(strange))).toEqual([]);
  });

  it('is known by its refresh, too, where what still runs is to be stopped', async () => {
    const held = server.hold(/refresh_materialized_view/i);
    const refreshed = connector
      .execute(native()?.refresh?.(TOTALS) ?? '', options)
      .catch((error: unknown) => error);
    await held.begun;

    expect(await connector.stopStatements?.([TOTALS], options)).toBe(0);
    expect(await refreshed).toMatchObject({ code: 'CONNECTOR_CANCELLED' });
  });

  it('is granted to its readers and revoked by its kind', async () => {
    const { access } = connector.wording;
    const grant = { grantee: 'user:ann@shop.example', privilege: access?.reading ?? '' };
    const said = {
      ...grant,
      grantable: false,
      column: undefined,
      on: 'materialized view',
    } as const;
    const granted = () => rowsOf(access?.grants(TOTALS) ?? '');

    await connector.execute(access?.grant(said, TOTALS) ?? '', options);
    expect(await granted()).toEqual([[grant.grantee, grant.privilege, false, null]]);
    await connector.execute(access?.revoke(said, TOTALS) ?? '', options);
    expect(await granted()).toEqual([]);
  });

  it('is written to by nobody, and dropped by its kind', async () => {
    for (const sql of ["insert into shop.totals (region) values ('x')", 'drop table shop.totals']) {
      await expect(connector.execute(sql, options)).rejects.toMatchObject({
        code: 'CONNECTOR_BAD_SQL',
      });
    }
  });

  it('tells no text once a table of it was made anew, for then it answers nobody', async () => {
    await server.people("create or replace table shop.sales as select 'n' as region, 1 as amount");

    await expect(rowsOf('select total from shop.totals')).rejects.toMatchObject({
      code: 'CONNECTOR_BAD_SQL',
    });
    expect(await rowsOf(native()?.text(TOTALS, [SALES]) ?? '')).toEqual([]);
    await connector.execute('drop materialized view `shop`.`totals`', options);
    expect(await rowsOf(connector.wording.objects.find(TOTALS))).toEqual([]);
  });
});
