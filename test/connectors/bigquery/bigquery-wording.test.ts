import { afterAll, beforeAll, expect, it } from 'vitest';
import { relationId } from '../../../src/base/relation.ts';
import { openBigquery } from '../../../src/connectors/bigquery/bigquery-connector.ts';
import type { CallOptions, Connector } from '../../../src/connectors/connector.ts';
import { type BigqueryServer, startBigquery } from '../../servers/bigquery-server.ts';
import { targetOf } from '../../servers/bigquery-target.ts';

const options: CallOptions = { purpose: 'verify' };
const orders = relationId({ schema: 'shop', name: 'orders' });

let server: BigqueryServer;
let connector: Connector;

beforeAll(async () => {
  server = await startBigquery();
  connector = await openBigquery(targetOf(server));
  const { statements, objects } = connector.wording;
  await connector.execute(statements.createSchema('shop'), options);
  await connector.execute('create table shop.orders (id int64, amount float64)', options);
  await connector.execute('create view shop.big as select id from shop.orders', options);
  await connector.execute(
    'insert into shop.orders (id, amount) values (1, 0.0), (1, 2.5), (2, null)',
    options,
  );
  expect((await connector.query(objects.schema('shop'), options)).rows).toEqual([['shop']]);
});
afterAll(() => server.stop());

async function cellsOf(sql: string) {
  return (await connector.query(sql, options)).rows;
}

it('quotes in backticks, and keeps a literal on its line', () => {
  const { names } = connector.wording;

  expect(names.relation(relationId({ database: 'a-b', schema: 's', name: 'x`y' }))).toBe(
    '`a-b`.`s`.`x\\`y`',
  );
  expect(names.text("it's\na \\ line")).toBe("'it\\'s\\na \\\\ line'");
});

it('has the rows of a new table lie together by columns, said where it is made', async () => {
  const sql = connector.wording.staged?.createTable({
    relation: relationId({ schema: 'shop', name: 'laid' }),
    comment: 'a version',
    select: 'select id, amount from shop.orders',
    clusteredBy: ['id', 'a`b'],
  });

  expect(sql).toContain("cluster by `id`, `a\\`b` options (description = 'a version') as\nselect");
  await connector.execute(sql?.replace(', `a\\`b`', '') ?? '', { purpose: 'build' });
  expect(await cellsOf('select count(*) from shop.laid')).toEqual([['3']]);
});

it.each([
  ['DATE', 'date_trunc(`day`, month)'],
  ['DATETIME', 'datetime_trunc(`day`, month)'],
  ['TIMESTAMP', 'timestamp_trunc(`day`, month)'],
])('has the rows of a new table lie in parts by the month of a %s', async (type, month) => {
  const relation = relationId({ schema: 'shop', name: `parts_of_${type.toLowerCase()}` });
  const select = `select id, cast('2026-03-04' as ${type.toLowerCase()}) as day from shop.orders`;
  const partedBy = { name: 'day', type };
  const lying = { clusteredBy: ['day', 'id'], partedBy };
  const sql =
    connector.wording.staged?.createTable({ relation, comment: 'a version', select, ...lying }) ??
    '';

  expect(sql).toContain(`partition by ${month} cluster by \`day\`, \`id\` options (`);
  await connector.execute(sql, { purpose: 'build' });
  expect(
    await cellsOf(`select count(*) from ${connector.wording.names.relation(relation)}`),
  ).toEqual([['3']]);
});

it('finds objects, their comments and their texts in the region’s catalog', async () => {
  const { statements, objects } = connector.wording;
  const commented = statements.commentOn('table', { relation: orders, comment: 'what is sold' });
  await connector.execute(commented, options);

  expect(await cellsOf(objects.find(orders))).toEqual([['table', 'what is sold']]);
  expect(await cellsOf(objects.find(relationId({ schema: 'shop', name: 'no' })))).toEqual([]);
  expect(await cellsOf(objects.viewText(relationId({ schema: 'shop', name: 'big' })))).toEqual([
    ['select id from shop.orders'],
  ]);
  expect(await cellsOf(objects.views)).toEqual([
    [null, 'shop', 'big', 'select id from shop.orders'],
  ]);
  expect(await cellsOf(objects.marked('what'))).toEqual([
    [null, 'shop', 'orders', 'what is sold', 'table'],
  ]);
  expect(await cellsOf(objects.ownDatabase)).toEqual([['goldsmith-test']]);
});

it('hashes equal rows equally and others not, with a sum that cannot overflow', async () => {
  const { content } = connector.wording;
  const hash = (sql: string) =>
    content.rowHash([
      { sql, type: 'FLOAT64' },
      { sql: 'null', type: 'STRING' },
    ]);

  const rows = await cellsOf(
    `select ${hash('cast(0.0 as float64)')} = ${hash('cast(-0.0 as float64)')} as same, ${hash('1.0')} = ${hash('2.0')} as other`,
  );

  expect(rows).toEqual([[true, false]]);
});

it('counts rows whose key stands in another row too, and renames the columns of a query', async () => {
  const { content, names } = connector.wording;
  const renamed = names.renamed({
    sql: 'select id, amount from shop.orders',
    alias: 'q',
    columns: [{ name: 'id' }, { name: 'amount' }],
    as: ['a', 'b'],
  });

  expect(
    await cellsOf(`select ${content.repeatedKeys(['a'])} as n, count(b) as m from ${renamed}`),
  ).toEqual([['1', '2']]);
});

it('tells policies on columns: tags, and data policies of their own, by the columns and by the DDL text', async () => {
  const { access } = connector.wording;
  const told = async (name: string) => [
    ...(await cellsOf(access?.rowPolicies(relationId({ schema: 'shop', name })) ?? '')),
  ];
  const policy = 'projects/p/locations/eu/dataPolicies/hidden';
  for (const name of ['tagged', 'masked', 'written', 'plain']) {
    await server.people(`create table shop.${name} as select 1 as id, 2 as pay`);
  }
  for (const sql of [
    "insert into bq_info.recorded_policies values ('shop', 'tagged', 'pay', 'a tag')",
    `insert into bq_info.recorded_data_policies values ('shop', 'masked', 'pay', '${policy}')`,
    `insert into bq_info.recorded_options values ('shop', 'written', 'data_policies', '["{''name'':''${policy}''}"]')`,
    // Words are no policy.
    `insert into bq_info.recorded_columns values ('shop', 'plain', 'pay', 'has "data_policies":[{"name":"x"}]')`,
  ]) {
    await server.people(sql);
  }

  await connector.execute('create view shop.asking as select id from shop.plain', {
    purpose: 'build',
  });
  await server.people(
    "update bq_info.recorded_views set view_definition = 'select 1 where data_policies = 1' where table_name = 'asking'",
  );

  expect(await told('asking')).toEqual([]);
  expect(await told('tagged')).toEqual([['policy tags on column pay']]);
  expect(await told('masked')).toEqual([['data policies on column pay']]);
  expect(await told('written')).toEqual([['data policies on its columns']]);
  expect(await told('plain')).toEqual([]);
  await server.people('drop view shop.asking');
  for (const name of ['tagged', 'masked', 'written', 'plain']) {
    await server.people(`drop table shop.${name}`);
  }
});

it('says of another project’s table that its readers are not known here', async () => {
  const { access } = connector.wording;
  const foreign = relationId({ database: 'other-project', schema: 'shop', name: 'orders' });

  expect(await cellsOf(access?.rowPolicies(foreign) ?? '')).toEqual([
    ['readers by the roles of another project'],
  ]);
  expect(await cellsOf(access?.rowPolicies(orders) ?? '')).toEqual([]);
});

it('replaces a view with its labels, its description and those of its columns', async () => {
  const { staged, access, objects } = connector.wording;
  const view = relationId({ schema: 'shop', name: 'labelled' });
  const made = {
    relation: view,
    select: 'select id, amount from shop.orders',
    comment: "it's sold",
    columns: [
      { name: 'id', comment: 'which' },
      { name: 'amount', comment: undefined },
    ],
    options: ['labels = [("team", "sales")]'],
  };
  await connector.execute(staged?.createView(made) ?? '', options);
  const before = await cellsOf(access?.options(view) ?? '');

  await connector.execute(staged?.replaceView(made) ?? '', options);

  expect(before).toHaveLength(1);
  expect(await cellsOf(access?.options(view) ?? '')).toEqual(before);
  expect(await cellsOf(objects.find(view))).toEqual([['view', "it's sold"]]);
  expect(await cellsOf(objects.columnComments(view))).toEqual([['id', 'which']]);
});
